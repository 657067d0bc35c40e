"""Quick looks and class masks as pictures: loaded in the background, made into pixmaps on the main thread."""
from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QImage, QPainter, QPixmap, qRgba

from ...engine.core.flags import CLASS_CLOUD, CLASS_SHADOW

CLOUD_COLOUR, SHADOW_COLOUR = "#CC79A7", "#56B4E9"
_OPACITY = 130  # of 255
_THUMBNAIL = QSize(88, 68)


@dataclass
class Picture:
    """A quick look (3, rows, columns) and the classes over it (rows, columns), None where there is no mask."""
    colours: object
    classes: Optional[object] = None
    image: Optional[QImage] = None
    thumbnail: Optional[QImage] = None


def load(scene, size: int, progress) -> Picture:
    """In the background: read and compose. A mask that cannot be read leaves the picture alone."""
    from ...engine.core.errors import TerrainMotionError
    from ...engine.scenes.cover import class_picture
    from ...engine.scenes.quicklook import quicklook
    progress.check()
    colours, classes = quicklook(scene, size), None
    if scene.mask:
        try:
            classes = class_picture(scene.mask, size, progress)
        except TerrainMotionError:
            classes = None
    image = _compose(colours, classes)
    small = image.scaled(_THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                         Qt.TransformationMode.SmoothTransformation)
    return Picture(colours, classes, image, small.copy(0, 0, _THUMBNAIL.width(), _THUMBNAIL.height()))


def cover(scene, area: bytes, progress):
    """In the background: what hides the area."""
    from ...engine.scenes.cover import cover as stage
    return stage(scene.mask, area, progress)


def _compose(colours, classes) -> QImage:
    import numpy as np
    data = np.ascontiguousarray(np.moveaxis(colours, 0, -1))
    image = QImage(data.tobytes(), data.shape[1], data.shape[0], 3 * data.shape[1], QImage.Format.Format_RGB888).copy()
    if classes is None:
        return image
    codes = np.ascontiguousarray(classes)
    overlay = QImage(codes.tobytes(), codes.shape[1], codes.shape[0], codes.shape[1],
                     QImage.Format.Format_Indexed8).copy()
    table = [qRgba(0, 0, 0, 0)] * 256
    for code, colour in ((CLASS_CLOUD, QColor(CLOUD_COLOUR)), (CLASS_SHADOW, QColor(SHADOW_COLOUR))):
        table[code] = qRgba(colour.red(), colour.green(), colour.blue(), _OPACITY)
    overlay.setColorTable(table)
    painter = QPainter(image)
    painter.drawImage(image.rect(), overlay.convertToFormat(QImage.Format.Format_ARGB32))
    painter.end()
    return image


def icon_of(found) -> Optional[QIcon]:
    """The thumbnail of the table."""
    if not isinstance(found, Picture):
        return None
    return QIcon(QPixmap.fromImage(found.thumbnail))


def pixmap_of(found: Picture, side: int, ratio: float) -> QPixmap:
    """The picture, sharp on screens of high resolution."""
    pixels = round(side * ratio)
    pixmap = QPixmap.fromImage(found.image.scaled(pixels, pixels, Qt.AspectRatioMode.KeepAspectRatio,
                                                  Qt.TransformationMode.SmoothTransformation))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
