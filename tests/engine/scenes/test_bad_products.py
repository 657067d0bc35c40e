"""Products that are damaged or incomplete: each is refused, or said to be doubtful, in one clear sentence."""
import logging
import shutil
import zipfile

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.io.scene_reader import read_product
from terrain_motion.engine.scenes import catalogue, classify, prepare
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings
from terrain_motion.engine.scenes.classify_settings import ClassifySettings
from terrain_motion.engine.scenes.prepare_settings import PrepareSettings
from terrain_motion.engine.scenes.quicklook import quicklook

GRID = Grid("EPSG:32629", (499980.0, 60.0, 0.0, 5900040.0, 0.0, -60.0), 40, 30)
LANDSAT = "LC08_L1TP_227074_20190809_20200827_02_T1"


def image(path, value=2000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_raster(path, GRID, [Band("")], dtype="uint16") as writer:
        writer.write({"": np.full(GRID.shape, value, "uint16")})


@pytest.fixture
def safe(data, tmp_path):
    """A product with real metadata (04.00) and small images."""
    real = next((data / "archive/s2_l2a_t29unu_n0400").glob("*.SAFE"))
    made = tmp_path / "archive" / real.name
    granule = next(real.glob("GRANULE/*")).relative_to(real)
    (made / granule).mkdir(parents=True)
    shutil.copy(real / "MTD_MSIL2A.xml", made)
    shutil.copy(real / granule / "MTD_TL.xml", made / granule)
    for path in made.rglob("*.xml"):
        path.chmod(0o644)
    for band in ("B02", "B03", "B04", "B8A", "B11"):
        image(made / granule / f"IMG_DATA/R60m/T29UNU_20221005T115411_{band}_60m.tif")
    return made


def bands_of(safe, band):
    return next(safe.rglob(f"*_{band}_60m.tif"))


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def one(folder):
    found = catalogue.run(folder, CatalogueSettings())
    return found.scenes


def test_safe_without_a_band_names_it(safe, tmp_path):
    bands_of(safe, "B02").unlink()
    with pytest.raises(InputError, match=r"\.SAFE cannot be classified: its blue band is missing .*B03, B04, B8A, B11"):
        classify.run(safe, ClassifySettings(), tmp_path / "classes.tif")
    with pytest.raises(InputError, match="B02 is missing in .*; the bands there are: B03"):
        prepare.run(one(safe.parent), PrepareSettings(bands="B02"), tmp_path / "out")


@pytest.mark.parametrize("old, new, words", [
    ("<PROCESSING_BASELINE>04.00<", "<PROCESSING_BASELINE>03.01<", "baseline 03.01 but has radiometric offsets"),
    ("<PROCESSING_BASELINE>04.00<", "<PROCESSING_BASELINE>four<", "'four' for its processing baseline, which is none"),
    ("BOA_ADD_OFFSET band_id", "NO_OFFSET band_id", "baseline 04.00 but no radiometric offsets")])
def test_baseline_that_contradicts_the_offsets_is_said_and_the_tag_counts(safe, caplog, old, new, words):
    file = safe / "MTD_MSIL2A.xml"
    text = file.read_text().replace("</BOA_ADD_OFFSET>", "</NO_OFFSET>" if "NO_" in new else "</BOA_ADD_OFFSET>")
    file.write_text(text.replace(old, new))
    with caplog.at_level(logging.WARNING):
        product = read_product(safe)
    assert product.band("B04").offset == (0.0 if "NO_" in new else -0.1)
    assert words in caplog.text


def test_right_baseline_says_nothing(safe, caplog):
    with caplog.at_level(logging.WARNING):
        read_product(safe)
    assert caplog.text == ""


def test_truncated_image_is_said_to_be_damaged(safe, tmp_path, data):
    real = next((data / "archive/s2_l2a_t29unu_n0400").glob("*.SAFE"))
    source = next(real.rglob("*_B04_60m.jp2"))
    bands_of(safe, "B04").unlink()
    target = bands_of(safe, "B03").with_name(source.name)
    target.write_bytes(source.read_bytes()[:4000])
    for what in (lambda: classify.run(safe, ClassifySettings(), tmp_path / "classes.tif"), lambda: quicklook(safe)):
        with pytest.raises(InputError, match="B04_60m.jp2.*(damaged or truncated|cannot be read)"):
            what()
    assert not (tmp_path / "classes.tif").exists()


def landsat(folder, *lines):
    product = folder / LANDSAT
    for band in ("B2", "B3", "B4", "B5", "B6"):
        image(product / f"{LANDSAT}_{band}.TIF", 9000)
    (product / f"{LANDSAT}_MTL.txt").write_text("\n".join(["GROUP = LANDSAT_METADATA_FILE", *lines, "END_GROUP"]))
    return product


def test_mtl_without_values_is_refused_by_what_is_missing(tmp_path):
    product = landsat(tmp_path)
    with pytest.raises(InputError, match="No scenes were found.*holds no readable DATE_ACQUIRED"):
        catalogue.run(tmp_path, CatalogueSettings())
    facts = ['SPACECRAFT_ID = "LANDSAT_8"', "DATE_ACQUIRED = 2019-08-09", 'PROCESSING_LEVEL = "L1TP"']
    landsat(tmp_path, *facts)
    with pytest.raises(InputError, match="no sun elevation in its metadata"):
        classify.run(product, ClassifySettings(), tmp_path / "classes.tif")
    landsat(tmp_path, *facts, "SUN_ELEVATION = 42.6", "SUN_AZIMUTH = 42.7")
    with pytest.raises(InputError, match="hold no REFLECTANCE_MULT and REFLECTANCE_ADD"):
        prepare.run(one(tmp_path), PrepareSettings(bands="red", source="none"), tmp_path / "out")


def test_zip_with_names_that_lead_out_of_it_is_not_catalogued(tmp_path, safe):
    archive = tmp_path / "archive" / "S2A_MSIL2A_20230101T000000_N0509_R001_T32TLR_20230101T010101.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../outside/MTD_MSIL2A.xml", "<x/>")
    found = catalogue.run(tmp_path / "archive", CatalogueSettings())
    assert len(found.scenes) == 1 and "holds the unsafe name '../../outside/MTD_MSIL2A.xml'" in found.skipped[0][1]
    assert not list(tmp_path.parent.glob("outside"))


def test_picture_of_8_bits_is_no_reflectance(tmp_path):
    with new_raster(tmp_path / "20200704.tif", GRID, [Band(n) for n in ("blue", "green", "red", "nir")],
                    dtype="uint8") as writer:
        writer.write({name: np.full(GRID.shape, 90, "uint8") for name in ("blue", "green", "red", "nir")})
    with pytest.raises(InputError, match="8 bits, whose numbers are no reflectance"):
        classify.run(tmp_path / "20200704.tif", ClassifySettings(), tmp_path / "classes.tif")
