<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
 <context>
  <name>TerrainMotion</name>
  <message>
   <location filename="../engine/compute/settings.py" />
   <source>Cache for reading</source>
   <translation>Lesepuffer</translation>
  </message>
  <message>
   <location filename="../engine/compute/settings.py" />
   <source>How much of opened files GDAL keeps in memory, for all of QGIS. More makes clicks on the same series faster. Empty: as QGIS has it.</source>
   <translation>Wie viel geöffneter Dateien GDAL im Speicher hält, für ganz QGIS. Mehr macht Klicks auf dieselbe Zeitreihe schneller. Leer: wie in QGIS.</translation>
  </message>
  <message>
   <location filename="../engine/compute/settings.py" />
   <source>Memory</source>
   <translation>Arbeitsspeicher</translation>
  </message>
  <message>
   <location filename="../engine/compute/settings.py" />
   <source>Runs of algorithms work with so many threads at once. Empty: one per core of the processor. Fewer leave room for other work.</source>
   <translation>So viele Threads arbeiten zugleich. Leer: einer je Prozessorkern. Weniger lassen Raum für andere Arbeit.</translation>
  </message>
  <message>
   <location filename="../engine/compute/settings.py" />
   <source>Threads</source>
   <translation>Threads</translation>
  </message>
  <message>
   <location filename="../engine/compute/settings.py" />
   <source>What a run may hold in arrays; scenes of any size are worked on in tiles that fit. Empty: a quarter of the memory of this machine.</source>
   <translation>Was ein Lauf in Feldern halten darf; Szenen jeder Größe werden in passenden Kacheln bearbeitet. Leer: ein Viertel des Speichers dieses Rechners.</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>low correlation or coherence</source>
   <translation>niedrige Korrelation oder Kohärenz</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>not connected in time</source>
   <translation>zeitlich nicht verbunden</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>outlier</source>
   <translation>Ausreißer</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>outside the images or no data</source>
   <translation>außerhalb der Bilder oder ohne Daten</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>reference missing</source>
   <translation>Referenz fehlt</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>removed by the morphological filter</source>
   <translation>vom morphologischen Filter entfernt</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>removed by the topographic filter</source>
   <translation>vom Topographiefilter entfernt</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>snow</source>
   <translation>Schnee</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>too few observations</source>
   <translation>zu wenige Beobachtungen</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>valid</source>
   <translation>gültig</translation>
  </message>
  <message>
   <location filename="../engine/core/flags.py" />
   <source>water</source>
   <translation>Wasser</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>1.8 to 2 km for Sentinel-2. Waves from half to twice as long are removed as well.</source>
   <translation>1,8 bis 2 km für Sentinel-2. Auch Wellen von halber bis doppelter Länge werden entfernt.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>A plane for each component (Provost et al. 2022, section 2.2.1). Second order also follows curvature, and takes more of a wide motion with it.</source>
   <translation>Eine Ebene je Komponente (Provost et al. 2022, Abschnitt 2.2.1). Zweite Ordnung folgt auch einer Krümmung und nimmt mehr von einer weiträumigen Bewegung mit.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>A plane or second order surface for each component.</source>
   <translation>Eine Ebene oder Fläche zweiter Ordnung je Komponente.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>A tilt taken from a corner of the image is uncertain at the other end: matching errors are alike over kilometres. With the second choice all ground tells it then, robustly; the level is that of the stable ground in any case.</source>
   <translation>Eine Kippung, die aus einer Ecke des Bildes bestimmt ist, ist am anderen Ende unsicher: Fehler des Bildabgleichs ähneln sich über Kilometer. Mit der zweiten Wahl bestimmt sie dann der ganze Boden, robust; das Niveau ist in jedem Fall das des stabilen Bodens.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Azimuth of the flight, clockwise from north; its opposite is the same. 194 for Sentinel-2, descending, at 45° N. Empty: found from the data. Not needed where detector footprints are given.</source>
   <translation>Azimut der Flugrichtung, im Uhrzeigersinn ab Nord; die Gegenrichtung gilt gleich. 194 für Sentinel-2, absteigend, bei 45° N. Leer: aus den Daten bestimmt. Unnötig, wo Umrisse der Detektoren angegeben sind.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Azimuth of the flight, clockwise from north; its opposite is the same. Empty: found from the data.</source>
   <translation>Azimut der Flugrichtung, im Uhrzeigersinn ab Nord; die Gegenrichtung gilt gleich. Leer: aus den Daten bestimmt.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Bisquare constant</source>
   <translation>Bisquare-Konstante</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Daubechies 5 suits Sentinel-2 (Provost et al. 2022, section 2.2.2).</source>
   <translation>Daubechies 5 passt zu Sentinel-2 (Provost et al. 2022, Abschnitt 2.2.2).</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Day of an earthquake or another event: displacements of different dates are averaged if all of them bridge it. Empty: all must be of the same two dates.</source>
   <translation>Tag eines Erdbebens oder anderen Ereignisses: Verschiebungen verschiedener Termine werden gemittelt, wenn alle ihn überbrücken. Leer: alle müssen dieselben zwei Termine haben.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Direction of the track</source>
   <translation>Flugrichtung</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Fewest measurements</source>
   <translation>Mindestzahl der Messungen</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>From three measurements on, those farther from their median than this many standard deviations are left out of the mean.</source>
   <translation>Ab drei Messungen bleiben solche, die um mehr als so viele Standardabweichungen von ihrem Median abweichen, aus dem Mittel heraus.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Ground of the ramp</source>
   <translation>Boden der Rampe</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>How the differences across a border, row by row, become the step of that border. Both leave moving ground out.</source>
   <translation>Wie aus den Unterschieden über eine Grenze hinweg, Zeile für Zeile, die Stufe dieser Grenze wird. Beide lassen bewegten Boden aus.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Mean without outliers</source>
   <translation>Mittel ohne Ausreißer</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Median</source>
   <translation>Median</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Most re-weighted solutions; it ends sooner once the surface no longer changes.</source>
   <translation>Höchstzahl neu gewichteter Lösungen; endet früher, sobald sich die Fläche nicht mehr ändert.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Outlier limit</source>
   <translation>Ausreißergrenze</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Pixels on each side of a border that are compared. Motion that changes little over twice this width does not change the steps.</source>
   <translation>Pixel auf jeder Seite einer Grenze, die verglichen werden. Bewegung, die sich über die doppelte Breite wenig ändert, ändert die Stufen nicht.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Pixels that fewer displacements measure get no value.</source>
   <translation>Pixel, die weniger Verschiebungen messen, bekommen keinen Wert.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Plane</source>
   <translation>Ebene</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Refer to stable ground</source>
   <translation>Auf stabilen Boden beziehen</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Remove the jitter</source>
   <translation>Zittern entfernen</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Remove the ramp</source>
   <translation>Rampe entfernen</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Remove the stripes</source>
   <translation>Streifen entfernen</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Residuals beyond this many standard deviations do not count: moving ground and outliers. 4.685 keeps 95 % of the accuracy of least squares on clean data.</source>
   <translation>Residuen von mehr als so vielen Standardabweichungen zählen nicht: bewegter Boden und Ausreißer. 4,685 behält bei sauberen Daten 95 % der Genauigkeit der kleinsten Quadrate.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Second order</source>
   <translation>Zweite Ordnung</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Shift of the stable ground</source>
   <translation>Versatz des stabilen Bodens</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Stable ground if it spans half of the image, else all ground</source>
   <translation>Stabiler Boden, wenn er das halbe Bild überspannt, sonst der ganze Boden</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Stable ground where it is given</source>
   <translation>Stabiler Boden, wo er angegeben ist</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Step between detectors</source>
   <translation>Stufe zwischen Detektoren</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Steps between the detectors of a pushbroom sensor, with their footprints or with borders found in each displacement.</source>
   <translation>Stufen zwischen den Detektoren eines Zeilensensors (Pushbroom), mit ihren Umrissen oder mit Grenzen, die in jeder Verschiebung gefunden werden.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Subtract the shift of the stable ground, or of most of the area without it.</source>
   <translation>Den Versatz des stabilen Bodens abziehen, ohne ihn den des größten Teils des Gebiets.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Surface</source>
   <translation>Fläche</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Wavelength along the track</source>
   <translation>Wellenlänge in Flugrichtung</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Wavelet</source>
   <translation>Wavelet</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Waves across the track. Needs images of at least two wavelengths along the track.</source>
   <translation>Wellen quer zur Flugrichtung. Braucht Bilder von mindestens zwei Wellenlängen in Flugrichtung.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>What is subtracted where stable ground is given. Without stable ground it is the shift that most of the area shares, found robustly.</source>
   <translation>Was abgezogen wird, wo stabiler Boden angegeben ist. Ohne stabilen Boden ist es der Versatz, den der größte Teil des Gebiets gemeinsam hat, robust bestimmt.</translation>
  </message>
  <message>
   <location filename="../engine/correction/settings.py" />
   <source>Width beside a border</source>
   <translation>Breite neben einer Grenze</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Closing radius</source>
   <translation>Radius der Schließung</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Distance from the median of the neighbours, in median absolute deviations scaled to one standard deviation. Larger keeps more.</source>
   <translation>Abstand vom Median der Nachbarn, in Medianen der absoluten Abweichungen (MAD), skaliert auf eine Standardabweichung. Größer behält mehr.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Factor</source>
   <translation>Faktor</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Filter by topography</source>
   <translation>Nach Topographie filtern</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Flatter ground is removed; 5° for landslides in mountains.</source>
   <translation>Flacherer Boden wird entfernt; 5° für Rutschungen im Gebirge.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Largest deviation from downslope</source>
   <translation>Größte Abweichung von der Falllinie</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Least support</source>
   <translation>Mindestanteil ringsum</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Low correlation, and vectors unlike their neighbours.</source>
   <translation>Niedrige Korrelation und Vektoren, die ihren Nachbarn nicht gleichen.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Lowest correlation</source>
   <translation>Niedrigste Korrelation</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Maximum slope</source>
   <translation>Größte Hangneigung</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Measured and moving patches</source>
   <translation>Gemessene und bewegte Flecken</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Measured patches</source>
   <translation>Gemessene Flecken</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Measured pixels in gaps and bays of the remaining patches are kept where these are at most this wide (200).</source>
   <translation>Gemessene Pixel in Lücken und Buchten der verbleibenden Flächen bleiben, wo diese höchstens so breit sind (200).</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Measured: pixels with a value. Moving: pixels whose motion stands out of the noise.</source>
   <translation>Gemessen: Pixel mit einem Wert. Bewegt: Pixel, deren Bewegung aus dem Rauschen herausragt.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Minimum slope</source>
   <translation>Kleinste Hangneigung</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Motion in directions farther from the steepest descent is removed. Motion below the noise and ground flatter than 2° are not judged. 180 keeps all.</source>
   <translation>Bewegung in Richtungen, die weiter vom steilsten Gefälle abweichen, wird entfernt. Bewegung unter dem Rauschen und Boden flacher als 2° werden nicht beurteilt. 180 behält alles.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Moving patches</source>
   <translation>Bewegte Flecken</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Noise floor</source>
   <translation>Grundrauschen</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Opening and closing in metres.</source>
   <translation>Öffnung und Schließung in Metern.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Opening radius</source>
   <translation>Radius der Öffnung</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Patches that hold no disc of this radius are removed (Provost et al. 2022: 100).</source>
   <translation>Flecken, in die keine Scheibe mit diesem Radius passt, werden entfernt (Provost et al. 2022: 100).</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Pixels of lower correlation (coherence) are removed. Below 0.5 one match in thirty is off by more than half a pixel, above one in a hundred; take 0.3 (Provost et al. 2022) for noisy images. 0 keeps all.</source>
   <translation>Pixel mit niedrigerer Korrelation (Kohärenz) werden entfernt. Unter 0,5 liegt eine von dreißig Zuordnungen um mehr als ein halbes Pixel daneben, darüber eine von hundert; 0,3 (Provost et al. 2022) für verrauschte Bilder. 0 behält alles.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Remove outliers</source>
   <translation>Ausreißer entfernen</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Remove small patches</source>
   <translation>Kleine Flecken entfernen</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Side of the neighbourhood, odd, in pixels of the displacement. A quarter of it must agree with a vector that differs from the median: margins, corners and fault steps stay.</source>
   <translation>Seite der Nachbarschaft, ungerade, in Pixeln der Verschiebung. Ein Viertel davon muss mit einem Vektor übereinstimmen, der vom Median abweicht: Ränder, Ecken und Stufen an Störungen bleiben.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Slope and direction of motion; needs a DEM.</source>
   <translation>Neigung und Richtung der Bewegung; braucht ein DHM.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Steeper ground is removed; 30° where errors of the DEM matter.</source>
   <translation>Steilerer Boden wird entfernt; 30°, wo Fehler des DHM eine Rolle spielen.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>The deviation of the neighbours never counts as smaller than this. Empty: the median over the whole displacement, at least 0.01 pixel.</source>
   <translation>Die Abweichung der Nachbarn zählt nie als kleiner als dies. Leer: der Median über die ganze Verschiebung, mindestens 0,01 Pixel.</translation>
  </message>
  <message>
   <location filename="../engine/filtering/settings.py" />
   <source>Vectors with a smaller share of measured pixels in the 41 x 41 px around them are removed: small islands between clouds are matched wrongly ten times as often as open ground. 0 keeps all.</source>
   <translation>Vektoren mit einem kleineren Anteil gemessener Pixel in den 41 x 41 px um sie herum werden entfernt: kleine Inseln zwischen Wolken werden zehnmal so oft falsch zugeordnet wie freier Boden. 0 behält alles.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>0: none. Otherwise how far the step between two dates an average interval apart may be from the pixel's mean velocity (standard deviation); smaller is smoother, and sudden motion is flattened.</source>
   <translation>0: keine. Sonst, wie weit der Schritt zwischen zwei Terminen mittleren Abstands von der mittleren Geschwindigkeit des Pixels abweichen darf (Standardabweichung); kleiner ist glatter, und plötzliche Bewegung wird eingeebnet.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>1: velocity; 2: acceleration as well. With the choice below it is the highest that is tried.</source>
   <translation>1: Geschwindigkeit; 2: auch Beschleunigung. Mit der Auswahl unten ist es der höchste, der versucht wird.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>A sine and a cosine of one year. Needs about two years of dates.</source>
   <translation>Ein Sinus und ein Kosinus von einem Jahr. Braucht Termine aus etwa zwei Jahren.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Atmosphere or mis-registration of one image shifts all its pairs alike and leaves no misclosure. Its size is learnt from the roughness of the series in time and added to every sigma.</source>
   <translation>Atmosphäre oder Fehlregistrierung eines Bildes verschiebt alle seine Paare gleich und hinterlässt keinen Schlussfehler. Ihre Größe wird aus der zeitlichen Rauheit der Zeitreihe gelernt und zu jedem Sigma addiert.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Bayesian information criterion, pixel by pixel. Off: the degree above everywhere.</source>
   <translation>Bayessches Informationskriterium, Pixel für Pixel. Aus: überall der Grad oben.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Cauchy</source>
   <translation>Cauchy</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Cauchy and Tukey only. Medians of 3 x 3 pixels of the step from date to date decide where a single pixel has two contradicting pairs and nothing else. Small moving features are kept by a guard.</source>
   <translation>Nur Cauchy und Tukey. Mediane aus 3 x 3 Pixeln des Schritts von Termin zu Termin entscheiden, wo ein einzelnes Pixel nur zwei widersprüchliche Paare hat. Kleine bewegte Formen werden durch eine Sicherung bewahrt.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Choose the degree by an information criterion</source>
   <translation>Grad nach einem Informationskriterium wählen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Compare with neighbouring pixels</source>
   <translation>Mit Nachbarpixeln vergleichen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Correlation or coherence</source>
   <translation>Korrelation oder Kohärenz</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Dates of sudden displacements (earthquakes), separated by commas.</source>
   <translation>Tage plötzlicher Verschiebungen (Erdbeben), durch Kommas getrennt.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Decay after the first step</source>
   <translation>Abklingen nach dem ersten Sprung</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Degree of the polynomial</source>
   <translation>Grad des Polynoms</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Equation 6: the shortest temporal baseline over which this motion exceeds the precision. Empty: none.</source>
   <translation>Gleichung 6: die kürzeste zeitliche Basislinie, über die diese Bewegung die Präzision übersteigt. Leer: keine.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Exponential</source>
   <translation>Exponentiell</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Fewest observations</source>
   <translation>Mindestzahl der Beobachtungen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Find a change of velocity</source>
   <translation>Geschwindigkeitsänderung suchen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>How much a pair counts. Variance takes the sigma band (or the correlation or coherence where there is none) and corrects it pair by pair with the misclosures of the network. Weights multiply the squared residuals.</source>
   <translation>Wie viel ein Paar zählt. Varianz nimmt den Sigma-Kanal (oder die Korrelation oder Kohärenz, wo es keinen gibt) und korrigiert ihn Paar für Paar mit den Schlussfehlern des Netzes. Gewichte multiplizieren die quadrierten Residuen.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Iterations</source>
   <translation>Iterationen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Join unconnected parts by minimum norm</source>
   <translation>Unverbundene Teile durch minimale Norm verbinden</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Learn the noise of each pair</source>
   <translation>Rauschen jedes Paars lernen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Logarithmic</source>
   <translation>Logarithmisch</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Long baselines (eq. 4)</source>
   <translation>Lange Basislinien (Gl. 4)</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Lowest correlation or coherence</source>
   <translation>Niedrigste Korrelation oder Kohärenz</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Measure</source>
   <translation>Maß</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Network misclosure (eq. 5)</source>
   <translation>Schlussfehler des Netzes (Gl. 5)</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Noise R0</source>
   <translation>Rauschen R0</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Noise shared by the pairs of a date</source>
   <translation>Gemeinsames Rauschen der Paare eines Termins</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>None: every pair counts the same</source>
   <translation>Keine: jedes Paar zählt gleich</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>None: least squares</source>
   <translation>Keiner: kleinste Quadrate</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Pairs are put together in classes of so many days of temporal baseline.</source>
   <translation>Paare werden in Klassen von so vielen Tagen zeitlicher Basislinie zusammengefasst.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Pixels below do not count. Try several: higher limits give a better precision on fewer pixels.</source>
   <translation>Pixel darunter zählen nicht. Mehrere versuchen: höhere Grenzen ergeben eine bessere Präzision auf weniger Pixeln.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Pixels with fewer valid pairs get no value. 0: a twentieth of the pairs, at most 10; of interferograms, which cover little time each, a quarter.</source>
   <translation>Pixel mit weniger gültigen Paaren bekommen keinen Wert. 0: ein Zwanzigstel der Paare, höchstens 10; bei Interferogrammen, die je nur wenig Zeit abdecken, ein Viertel.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Post-seismic motion: A ln(1 + t / T) or A (1 - exp(-t / T)) from the first step (or the first date) on.</source>
   <translation>Postseismische Bewegung: A ln(1 + t / T) oder A (1 - exp(-t / T)) ab dem ersten Sprung (oder dem ersten Termin).</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>R0 of equation 5, about the standard deviation of the noise. Empty: learnt from the residuals.</source>
   <translation>R0 aus Gleichung 5, etwa die Standardabweichung des Rauschens. Leer: aus den Residuen gelernt.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Relaxation time T</source>
   <translation>Relaxationszeit T</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Robust (NMAD)</source>
   <translation>Robust (NMAD)</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Robust estimator</source>
   <translation>Robuster Schätzer</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Seasonal</source>
   <translation>Jahreszeitlich</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Short baselines (eq. 3)</source>
   <translation>Kurze Basislinien (Gl. 3)</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Singular value decomposition: unconnected parts of the network are joined by the smallest velocities. A guess, not a measurement; such pixels keep their flag and have no sigma outside the main part.</source>
   <translation>Singulärwertzerlegung: unverbundene Teile des Netzes werden durch die kleinsten Geschwindigkeiten verbunden. Eine Vermutung, keine Messung; solche Pixel behalten ihre Kennzeichnung und haben außerhalb des Hauptteils kein Sigma.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Solutions of each pixel before neighbours are compared, the first one without robust weights. Five are enough for a tenth of wrong pairs; the paper uses 2 for the misclosure. Without a robust estimator there is one solution.</source>
   <translation>Lösungen jedes Pixels, bevor Nachbarn verglichen werden, die erste ohne robuste Gewichte. Fünf genügen für ein Zehntel falscher Paare; der Artikel nimmt 2 für den Schlussfehler. Ohne robusten Schätzer gibt es eine Lösung.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Speed to resolve</source>
   <translation>Aufzulösendes Tempo</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Standard deviation</source>
   <translation>Standardabweichung</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Steps</source>
   <translation>Sprünge</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>T of the decay; it is held fixed, as few series can tell it.</source>
   <translation>T des Abklingens; fest, da nur wenige Zeitreihen es verraten.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Temporal smoothing</source>
   <translation>Zeitliche Glättung</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>The date after which the velocity differs, where the information criterion prefers it.</source>
   <translation>Der Termin, nach dem sich die Geschwindigkeit unterscheidet, wo das Informationskriterium es vorzieht.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>The paper takes the standard deviation, which a few wrong pixels dominate; NMAD leaves them out.</source>
   <translation>Der Artikel nimmt die Standardabweichung, die von wenigen falschen Pixeln beherrscht wird; NMAD lässt sie aus.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Tukey's biweight</source>
   <translation>Tukeys Biweight</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Variance of each pair</source>
   <translation>Varianz jedes Paars</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Weights</source>
   <translation>Gewichte</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>What happens to pairs that contradict the others. Cauchy and Tukey start pixel by pixel and then look at the neighbouring pixels and at each pair's prediction by all others. Misclosure is the re-weighting of Provost et al. (2022), equation 5.</source>
   <translation>Was mit Paaren geschieht, die den anderen widersprechen. Cauchy und Tukey beginnen Pixel für Pixel und sehen dann auf die Nachbarpixel und auf die Vorhersage jedes Paars durch alle anderen. Schlussfehler ist die Neugewichtung von Provost et al. (2022), Gleichung 5.</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>Width of the baseline classes</source>
   <translation>Breite der Basislinienklassen</translation>
  </message>
  <message>
   <location filename="../engine/inversion/settings.py" />
   <source>With variance weights: one factor per pair from the misclosures of the network (variance components). Off: the sigmas of the stack are believed and get one common factor only if they are unknown.</source>
   <translation>Mit Varianzgewichten: ein Faktor je Paar aus den Schlussfehlern des Netzes (Varianzkomponenten). Aus: den Sigmas des Stapels wird geglaubt; einen gemeinsamen Faktor bekommen sie nur, wenn sie unbekannt sind.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Address of a Dask cluster over shared storage, for example tcp://host:8786. Empty works on this machine.</source>
   <translation>Adresse eines Dask-Clusters mit gemeinsamem Dateispeicher, zum Beispiel tcp://host:8786. Leer rechnet auf diesem Rechner.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Agreement</source>
   <translation>Übereinstimmung</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Average</source>
   <translation>Mittelung</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Bands</source>
   <translation>Kanäle</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Compare logarithms where all values are positive: light and shade change brightness by a factor, which becomes an offset.</source>
   <translation>Logarithmen vergleichen, wo alle Werte positiv sind: Licht und Schatten ändern die Helligkeit um einen Faktor, der so zu einer Differenz wird.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Correlation threshold</source>
   <translation>Korrelationsschwelle</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Dask scheduler</source>
   <translation>Dask-Scheduler</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Detect clouds and change</source>
   <translation>Wolken und Änderungen erkennen</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Directions or bands that differ by more than this from their median are left out; right matches differ by less than 0.3 px even at 10 % noise.</source>
   <translation>Richtungen oder Kanäle, die um mehr als dies von ihrem Median abweichen, werden ausgelassen; richtige Zuordnungen unterscheiden sich selbst bei 10 % Rauschen um weniger als 0,3 px.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>For geocoded amplitude or backscatter of synthetic aperture radar. Speckle is averaged first (about 25 looks), and texture of all lengths counts, because no sun casts light on relief. Take a window of 31 px or more.</source>
   <translation>Für geokodierte Amplitude oder Rückstreuung von Radar mit synthetischer Apertur. Speckle wird zuerst gemittelt (etwa 25 Looks), und Textur jeder Länge zählt, weil keine Sonne das Relief beleuchtet. Fenster von 31 px oder mehr wählen.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Forward and backward</source>
   <translation>Vorwärts und rückwärts</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Forward and backward matches each pair in both directions and averages them where they agree. It finds gross errors of large motion at twice the time; it does not reduce noise, which both directions share.</source>
   <translation>Vorwärts und rückwärts gleicht jedes Paar in beiden Richtungen ab und mittelt, wo sie übereinstimmen. Das findet grobe Fehler bei großer Bewegung in doppelter Zeit; es mindert nicht das Rauschen, das beiden Richtungen gemeinsam ist.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>How smooth the field is where the images say little; 0 leaves the plain window, 0.3 is strong. Its strength follows the noise of the images by itself; raise it only if the result still looks noisy.</source>
   <translation>Wie glatt das Feld ist, wo die Bilder wenig sagen; 0 belässt das reine Fenster, 0,3 ist stark. Die Stärke folgt von selbst dem Rauschen der Bilder; nur erhöhen, wenn das Ergebnis noch verrauscht aussieht.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Largest shift that is looked for in each direction, mis-registration included. 16 px is 160 m with 10 m pixels: enough for all but fast glaciers. A larger range costs time and wrong matches; take a little more than the fastest motion times the days between.</source>
   <translation>Größter Versatz, der in jeder Richtung gesucht wird, einschließlich Fehlregistrierung. 16 px sind 160 m bei Pixeln von 10 m: genug für alles außer schnellen Gletschern. Ein größerer Bereich kostet Zeit und bringt falsche Zuordnungen; etwas mehr nehmen als die schnellste Bewegung mal die Tage dazwischen.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Leave out ground whose brightness changed (clouds, shadows, fresh snow, floods) before matching, even where no mask tells. One cloud would otherwise bend the field around it.</source>
   <translation>Boden, dessen Helligkeit sich geändert hat (Wolken, Schatten, Neuschnee, Überflutung), vor dem Bildabgleich auslassen, auch wo keine Maske ihn zeigt. Eine Wolke würde sonst das Feld um sie herum verbiegen.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Leave out snow</source>
   <translation>Schnee auslassen</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Leave out water</source>
   <translation>Wasser auslassen</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Levels</source>
   <translation>Ebenen</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Logarithm of brightness</source>
   <translation>Logarithmus der Helligkeit</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Method</source>
   <translation>Methode</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Names or numbers of the bands to match and average, comma separated, for example B04,B08. Empty takes the best band of each product, or the first of a plain raster.</source>
   <translation>Namen oder Nummern der Kanäle, die abgeglichen und gemittelt werden, durch Kommas getrennt, zum Beispiel B04,B08. Leer nimmt den besten Kanal jedes Produkts oder den ersten eines einfachen Rasters.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Optical flow</source>
   <translation>Optischer Fluss</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Optical flow and phase correlation: iterations at each radius or window. The estimates rarely change after the fourth.</source>
   <translation>Optischer Fluss und Phasenkorrelation: Iterationen mit jedem Radius oder Fenster. Nach der vierten ändern sich die Schätzungen selten.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Optical flow only: largest window radius; it is reduced from level to level of the iterations down to a third. Larger is smoother.</source>
   <translation>Nur optischer Fluss: größter Radius des Fensters; er sinkt von Ebene zu Ebene der Iterationen bis auf ein Drittel. Größer ist glatter.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Optical flow only: levels of the pyramid. 4 reaches shifts of about 16 px.</source>
   <translation>Nur optischer Fluss: Ebenen der Pyramide. 4 erreicht Verschiebungen von etwa 16 px.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Optical flow only: radius of the rank transform that makes images of different light or sensors comparable; 0 = none, 4 as in the literature.</source>
   <translation>Nur optischer Fluss: Radius der Rangtransformation, die Bilder mit verschiedenem Licht oder von verschiedenen Sensoren vergleichbar macht; 0 = keine, 4 wie in der Literatur.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Pairs or tiles worked on at once; 0 takes every core.</source>
   <translation>Paare oder Kacheln, die zugleich bearbeitet werden; 0 nimmt alle Prozessorkerne.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Phase correlation</source>
   <translation>Phasenkorrelation</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Pixels of the images per pixel of the result. 1 keeps every pixel; the regularised field really resolves 2 to 3.</source>
   <translation>Pixel der Bilder je Pixel des Ergebnisses. 1 behält jedes Pixel; das regularisierte Feld löst wirklich 2 bis 3 auf.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Pixels whose windows correlate less are left out; where noise rules a scene, windows of three times the side count. 0.15 keeps noisy but usable ground and drops what changed; clouds and gross changes are recognised anyway.</source>
   <translation>Pixel, deren Fenster weniger korrelieren, werden ausgelassen; wo Rauschen eine Szene beherrscht, zählen Fenster dreifacher Seitenlänge. 0,15 behält verrauschten, aber brauchbaren Boden und verwirft, was sich geändert hat; Wolken und grobe Änderungen werden ohnehin erkannt.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Radar amplitude</source>
   <translation>Radaramplitude</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Radius</source>
   <translation>Radius</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Rank radius</source>
   <translation>Rangradius</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Regularisation</source>
   <translation>Regularisierung</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Regularised correlation</source>
   <translation>Regularisierte Korrelation</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Regularised correlation is the most accurate on every kind of scene that was tested. Optical flow suits images of different sensors, phase correlation large smooth motion and cross-checks.</source>
   <translation>Regularisierte Korrelation ist bei jeder Art von Szene, die getestet wurde, am genauesten. Optischer Fluss eignet sich für Bilder verschiedener Sensoren, Phasenkorrelation für große glatte Bewegung und zur Gegenprobe.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Search range</source>
   <translation>Suchbereich</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Side of the correlation window, odd. With the regularisation the result is finer than the window: 21 px hold enough texture at 1 % noise. Smaller follows narrow features, larger calms noisy images (radar amplitude: 31 and more).</source>
   <translation>Seite des Korrelationsfensters, ungerade. Mit der Regularisierung ist das Ergebnis feiner als das Fenster: 21 px enthalten bei 1 % Rauschen genug Textur. Kleiner folgt schmalen Formen, größer beruhigt verrauschte Bilder (Radaramplitude: 31 und mehr).</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Where a class mask is given. Off: glaciers are snow to a classifier, and snow keeps its texture over weeks.</source>
   <translation>Wo eine Klassenmaske angegeben ist. Aus: Gletscher sind für einen Klassifikator Schnee, und Schnee behält seine Textur über Wochen.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Where a class mask is given. Waves and ice floes do not move with the ground.</source>
   <translation>Wo eine Klassenmaske angegeben ist. Wellen und Eisschollen bewegen sich nicht mit dem Boden.</translation>
  </message>
  <message>
   <location filename="../engine/matching/settings.py" />
   <source>Window</source>
   <translation>Fenster</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Acquisitions</source>
   <translation>Aufnahmen</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Added pairs</source>
   <translation>Hinzugefügte Paare</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Backward</source>
   <translation>Rückwärts</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Both</source>
   <translation>Beide</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Days between the scenes, or how many acquisitions one is after the other.</source>
   <translation>Tage zwischen den Szenen, oder um wie viele Aufnahmen eine nach der anderen kommt.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Direction</source>
   <translation>Richtung</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Dropped pairs</source>
   <translation>Weggelassene Paare</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Forward</source>
   <translation>Vorwärts</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Forward: from the earlier to the later scene. Both doubles the work and lowers the noise once the two are averaged.</source>
   <translation>Vorwärts: von der früheren zur späteren Szene. Beide verdoppelt die Arbeit und mindert das Rauschen, wenn die zwei gemittelt werden.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Leave out scenes with more cloud; those whose share is unknown are kept. The share is that of the whole scene, so look at the images before being strict.</source>
   <translation>Szenen mit mehr Wolken auslassen; solche mit unbekanntem Anteil bleiben. Der Anteil gilt für die ganze Szene, daher erst die Bilder ansehen, bevor er streng gesetzt wird.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Longest time between the scenes of a pair, in the chosen unit. Fast or changing surfaces lose their texture: take about 100 days on glaciers. Empty: 400 days or 5 acquisitions.</source>
   <translation>Längste Zeit zwischen den Szenen eines Paars, in der gewählten Einheit. Schnelle oder veränderliche Oberflächen verlieren ihre Textur: etwa 100 Tage auf Gletschern. Leer: 400 Tage oder 5 Aufnahmen.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Maximum baseline</source>
   <translation>Längste Basislinie</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Maximum cloud</source>
   <translation>Höchste Bewölkung</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Minimum baseline</source>
   <translation>Kürzeste Basislinie</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Pair only scenes before this day with scenes on or after it, for an earthquake or another event.</source>
   <translation>Nur Szenen vor diesem Tag mit Szenen an oder nach ihm paaren, für ein Erdbeben oder anderes Ereignis.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Pair scenes of one orbit (Landsat: path), seen from the same side: removes offsets from elevation errors, but a network of several orbits falls apart.</source>
   <translation>Szenen eines Orbits (Landsat: Path) paaren, von derselben Seite gesehen: entfernt Versätze durch Höhenfehler, aber ein Netz aus mehreren Orbits zerfällt.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Pairs to leave out, as YYYYMMDD_YYYYMMDD separated by commas: what a click on a line of the network writes.</source>
   <translation>Wegzulassende Paare, als YYYYMMDD_YYYYMMDD, durch Kommas getrennt: was ein Klick auf eine Linie des Netzes schreibt.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Pairs to make although the limits are against them, as YYYYMMDD_YYYYMMDD separated by commas. One long pair can join two parts of a network.</source>
   <translation>Paare, die trotz der Grenzen gebildet werden, als YYYYMMDD_YYYYMMDD, durch Kommas getrennt. Ein langes Paar kann zwei Teile eines Netzes verbinden.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Raises the minimum baseline until motion of this speed passes the sensitivity (Provost et al. 2022, eq. 6). Empty: not used.</source>
   <translation>Hebt die kürzeste Basislinie an, bis Bewegung mit diesem Tempo die Empfindlichkeit übersteigt (Provost et al. 2022, Gl. 6). Leer: nicht verwendet.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Same orbit only</source>
   <translation>Nur derselbe Orbit</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Sensitivity of the matching</source>
   <translation>Empfindlichkeit des Bildabgleichs</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Shortest time between the scenes of a pair, in the chosen unit. Slow motion needs long baselines: a displacement below a tenth of a pixel is not seen. Empty: 5 days or 1 acquisition.</source>
   <translation>Kürzeste Zeit zwischen den Szenen eines Paars, in der gewählten Einheit. Langsame Bewegung braucht lange Basislinien: eine Verschiebung unter einem Zehntel Pixel wird nicht gesehen. Leer: 5 Tage oder 1 Aufnahme.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Slowest motion to resolve</source>
   <translation>Langsamste aufzulösende Bewegung</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Smallest displacement that is seen; a tenth of a pixel is what image correlation usually reaches.</source>
   <translation>Kleinste Verschiebung, die gesehen wird; ein Zehntel Pixel ist, was Bildkorrelation gewöhnlich erreicht.</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Split date</source>
   <translation>Stichtag</translation>
  </message>
  <message>
   <location filename="../engine/network/settings.py" />
   <source>Unit of the baselines</source>
   <translation>Einheit der Basislinien</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>A straight line on either side; the offset is the step between them at the fault.</source>
   <translation>Eine Gerade auf jeder Seite; der Versatz ist die Stufe zwischen ihnen an der Störung.</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Distance between places along the line. 0: a pixel.</source>
   <translation>Abstand der Stellen entlang der Linie. 0: ein Pixel.</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Distance of the fault from the first point. Empty: where the misfit is smallest. A click on the plot sets it.</source>
   <translation>Entfernung der Störung vom ersten Punkt. Leer: wo die Abweichung am kleinsten ist. Ein Klick ins Diagramm setzt sie.</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Fault at</source>
   <translation>Störung bei</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Fault zone</source>
   <translation>Störungszone</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Fit the offset of a fault</source>
   <translation>Versatz einer Störung anpassen</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Full width around the fault that is left out of both lines, where the ground is sheared.</source>
   <translation>Ganze Breite um die Störung, die beide Geraden auslassen, wo der Boden geschert ist.</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>How far from the fault the lines are fitted. 0: to both ends of the profile.</source>
   <translation>Wie weit von der Störung die Geraden angepasst werden. 0: bis zu beiden Enden des Profils.</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Reach</source>
   <translation>Reichweite</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Step</source>
   <translation>Schritt</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Width</source>
   <translation>Breite</translation>
  </message>
  <message>
   <location filename="../engine/validation/swath_settings.py" />
   <source>Width of the swath, half to either side of the line. Wider is smoother; the band shows the spread inside.</source>
   <translation>Breite des Streifens, je zur Hälfte auf beiden Seiten der Linie. Breiter ist glatter; das Band zeigt die Streuung darin.</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>About Terrain Motion</source>
   <translation>Über Terrain Motion</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Displacements and time series of the ground from optical and radar satellite images.</source>
   <translation>Verschiebungen und Zeitreihen des Bodens aus optischen und Radar-Satellitenbildern.</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Help</source>
   <translation>Hilfe</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Open a time series</source>
   <translation>Zeitreihe öffnen</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Open series…</source>
   <translation>Zeitreihe öffnen…</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Pick points of the time series</source>
   <translation>Punkte der Zeitreihe wählen</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Run the chain…</source>
   <translation>Ganze Kette rechnen…</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Study: from scenes to results</source>
   <translation>Studie: von Szenen zu Ergebnissen</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>The sample data are being made already.</source>
   <translation>Die Beispieldaten werden schon erzeugt.</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>The steps are in the Processing toolbox: Terrain Motion.</source>
   <translation>Die Schritte stehen in den Verarbeitungswerkzeugen: Terrain Motion.</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Time series</source>
   <translation>Zeitreihe</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Try it with sample data…</source>
   <translation>Mit Beispieldaten ausprobieren…</translation>
  </message>
  <message>
   <location filename="../plugin.py" />
   <source>Where to put the sample data</source>
   <translation>Ordner für die Beispieldaten</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Add arrows</source>
   <translation>Pfeile hinzufügen</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Add streamlines</source>
   <translation>Stromlinien hinzufügen</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Animate the dates</source>
   <translation>Termine animieren</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>One range for comparable layers</source>
   <translation>Ein Wertebereich für vergleichbare Layer</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Optional packages…</source>
   <translation>Zusatzpakete…</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Profile</source>
   <translation>Profil</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Range of what is on screen</source>
   <translation>Wertebereich des sichtbaren Ausschnitts</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Show in</source>
   <translation>Anzeigen in</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>Terrain Motion</source>
   <translation>Terrain Motion</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>There are no two layers of one unit to compare.</source>
   <translation>Es gibt keine zwei Layer mit derselben Einheit zum Vergleichen.</translation>
  </message>
  <message>
   <location filename="../ui/extras.py" />
   <source>{count} layers share their range with another now.</source>
   <translation>{count} Layer teilen jetzt ihren Wertebereich mit einem anderen.</translation>
  </message>
  <message>
   <location filename="../ui/main/area.py" />
   <source>Area of interest: {0} km²</source>
   <translation>Untersuchungsgebiet: {0} km²</translation>
  </message>
  <message>
   <location filename="../ui/main/area.py" />
   <source>No area of interest: whole scenes</source>
   <translation>Kein Untersuchungsgebiet: ganze Szenen</translation>
  </message>
  <message>
   <location filename="../ui/main/controller.py" />
   <source>Nothing can be written to {0} ({1}). Choose another folder on the page Results.</source>
   <translation>In {0} kann nichts geschrieben werden ({1}). Auf der Seite „Ergebnisse“ einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <location filename="../ui/main/controller.py" />
   <source>Something is at work already. Wait for it, or cancel it.</source>
   <translation>Es läuft schon etwas. Warten oder abbrechen.</translation>
  </message>
  <message>
   <location filename="../ui/main/controller.py" />
   <source>The algorithm {0} is missing.</source>
   <translation>Der Algorithmus {0} fehlt.</translation>
  </message>
  <message>
   <location filename="../ui/main/controller.py" />
   <source>Where results go</source>
   <translation>Ordner für die Ergebnisse</translation>
  </message>
  <message>
   <location filename="../ui/main/form.py" />
   <source>Advanced</source>
   <translation>Erweitert</translation>
  </message>
  <message>
   <location filename="../ui/main/form.py" />
   <source>Default</source>
   <translation>Vorgabe</translation>
  </message>
  <message>
   <location filename="../ui/main/form.py" />
   <source>automatic</source>
   <translation>automatisch</translation>
  </message>
  <message>
   <location filename="../ui/main/form.py" />
   <source>none</source>
   <translation>keine</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>Area: {0:.0f} % cloud, {1:.0f} % shadow</source>
   <translation>Gebiet: {0:.0f} % Wolken, {1:.0f} % Schatten</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>Orbit</source>
   <translation>Orbit</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>Select a scene to see it with its clouds.</source>
   <translation>Eine Szene auswählen, um sie mit ihren Wolken zu sehen.</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>Sun {0:.0f}° high, from {1:.0f}°</source>
   <translation>Sonne {0:.0f}° hoch, aus {1:.0f}°</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>cloud</source>
   <translation>Wolke</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>shadow</source>
   <translation>Schatten</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>{0:.0f} % cloud in the scene</source>
   <translation>{0:.0f} % Wolken in der Szene</translation>
  </message>
  <message>
   <location filename="../ui/main/gallery.py" />
   <source>{0} scenes are selected.</source>
   <translation>{0} Szenen sind ausgewählt.</translation>
  </message>
  <message>
   <location filename="../ui/main/jobs.py" />
   <source>Terrain Motion: {0}</source>
   <translation>Terrain Motion: {0}</translation>
  </message>
  <message>
   <location filename="../ui/main/jobs.py" />
   <source>The algorithm {0} is missing. Is the plugin Processing switched on?</source>
   <translation>Der Algorithmus {0} fehlt. Ist die Erweiterung „Processing“ aktiviert?</translation>
  </message>
  <message>
   <location filename="../ui/main/jobs.py" />
   <source>The run ended without a message.</source>
   <translation>Der Lauf endete ohne Meldung.</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source> Ramp and reference are those of the rectangle.</source>
   <translation> Rampe und Referenz sind die des Rechtecks.</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source> The middle of the rectangle is shown.</source>
   <translation> Gezeigt wird die Mitte des Rechtecks.</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>Matching the rectangle…</source>
   <translation>Rechteck wird abgeglichen…</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>Press “Preview here” and drag a rectangle on the map. It is matched with the settings below within two seconds, and again with every change.</source>
   <translation>„Vorschau hier“ drücken und ein Rechteck auf der Karte aufziehen. Es wird mit den Einstellungen unten binnen zwei Sekunden abgeglichen, und erneut bei jeder Änderung.</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>as matched</source>
   <translation>unbereinigt</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>cleaned</source>
   <translation>bereinigt</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>correlation</source>
   <translation>Korrelation</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>days</source>
   <translation>Tage</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>optical flow</source>
   <translation>optischer Fluss</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>phase</source>
   <translation>Phase</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>{0} × {1} px matched in {2:.1f} s.</source>
   <translation>{0} × {1} px in {2:.1f} s abgeglichen.</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_controller.py" />
   <source>{0}, {1} px</source>
   <translation>{0}, {1} px</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Advice</source>
   <translation>Hinweis</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Also the mean velocity of all pairs, with its coherence</source>
   <translation>Auch mittlere Geschwindigkeit aller Paare, mit Kohärenz</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Before and after cleaning</source>
   <translation>Vor und nach der Bereinigung</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Compare two settings, or the match before and after corrections and filters</source>
   <translation>Zwei Einstellungen vergleichen, oder den Abgleich vor und nach Korrekturen und Filtern</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Correct</source>
   <translation>Korrektur</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Correct the displacements</source>
   <translation>Verschiebungen korrigieren</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Drag a rectangle on the map: it is matched with the settings below, again with every change</source>
   <translation>Ein Rechteck auf der Karte aufziehen: es wird mit den Einstellungen unten abgeglichen, erneut bei jeder Änderung</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Filter</source>
   <translation>Filter</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Filter the displacements</source>
   <translation>Verschiebungen filtern</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Hold this result on the left, then change settings and compare</source>
   <translation>Dieses Ergebnis links festhalten, dann Einstellungen ändern und vergleichen</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Jitter</source>
   <translation>Zittern</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Keep as A</source>
   <translation>Als A behalten</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Match</source>
   <translation>Abgleich</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Outliers</source>
   <translation>Ausreißer</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Pair of the preview</source>
   <translation>Paar der Vorschau</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Patches</source>
   <translation>Flecken</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Preview A</source>
   <translation>Vorschau A</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Preview B</source>
   <translation>Vorschau B</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Preview here</source>
   <translation>Vorschau hier</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Ramp</source>
   <translation>Rampe</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Solve a time series and the velocity</source>
   <translation>Zeitreihe und Geschwindigkeit berechnen</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Stable ground</source>
   <translation>Stabiler Boden</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Stripes</source>
   <translation>Streifen</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Take it</source>
   <translation>Übernehmen</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Take the advice</source>
   <translation>Hinweis übernehmen</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Topography</source>
   <translation>Topographie</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>Two settings</source>
   <translation>Zwei Einstellungen</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>What is compared</source>
   <translation>Was verglichen wird</translation>
  </message>
  <message>
   <location filename="../ui/main/matching_page.py" />
   <source>What the preview shows</source>
   <translation>Was die Vorschau zeigt</translation>
  </message>
  <message>
   <location filename="../ui/main/network_view.py" />
   <source>Click drops this pair</source>
   <translation>Klick lässt dieses Paar weg</translation>
  </message>
  <message>
   <location filename="../ui/main/network_view.py" />
   <source>Click takes it back</source>
   <translation>Klick nimmt es wieder auf</translation>
  </message>
  <message>
   <location filename="../ui/main/network_view.py" />
   <source>Temporal baseline (days)</source>
   <translation>Zeitliche Basislinie (Tage)</translation>
  </message>
  <message>
   <location filename="../ui/main/network_view.py" />
   <source>click here and on another date to add a pair</source>
   <translation>hier und auf einen anderen Termin klicken, um ein Paar hinzuzufügen</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>Dashed pairs are the only link of their dates, so their errors cannot be noticed: {0}.</source>
   <translation>Gestrichelte Paare sind die einzige Verbindung ihrer Termine, daher fallen ihre Fehler nicht auf: {0}.</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>Dates in no pair: {0}.</source>
   <translation>Termine ohne Paar: {0}.</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>Expected disk space</source>
   <translation>Erwarteter Speicherplatz</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>Expected run time</source>
   <translation>Erwartete Laufzeit</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>Matching, corrections and filters follow the preset, too.</source>
   <translation>Auch Bildabgleich, Korrekturen und Filter folgen der Voreinstellung.</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>The network has {0} parts that no pair connects. One time series needs one part: allow longer baselines, or click on two dates to add a pair.</source>
   <translation>Das Netz hat {0} Teile, die kein Paar verbindet. Eine Zeitreihe braucht einen Teil: längere Basislinien zulassen, oder auf zwei Termine klicken, um ein Paar hinzuzufügen.</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_controller.py" />
   <source>Tick at least two scenes on the page Scenes.</source>
   <translation>Mindestens zwei Szenen auf der Seite „Szenen“ anhaken.</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Baseline plot</source>
   <translation>Basisliniendiagramm</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Baselines of 500 to 1500 days: slow motion needs time to be seen</source>
   <translation>Basislinien von 500 bis 1500 Tagen: langsame Bewegung braucht Zeit, um gesehen zu werden</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Baselines of &lt;b&gt;{0}&lt;/b&gt; to &lt;b&gt;{1}&lt;/b&gt; {2}</source>
   <translation>Basislinien: &lt;b&gt;{0}&lt;/b&gt; bis &lt;b&gt;{1}&lt;/b&gt; {2}</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Baselines under 100 days: glaciers lose their texture</source>
   <translation>Basislinien unter 100 Tagen: Gletscher verlieren ihre Textur</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Chord diagram</source>
   <translation>Sehnendiagramm</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Ice</source>
   <translation>Eis</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Landslide</source>
   <translation>Rutschung</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Minimum and maximum baseline</source>
   <translation>Kürzeste und längste Basislinie</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Scenes before the event with scenes after it: set the split date</source>
   <translation>Szenen vor dem Ereignis mit Szenen danach: Stichtag setzen</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Shortest and longest time between the scenes of a pair. Drag the ends, or both.</source>
   <translation>Kürzeste und längste Zeit zwischen den Szenen eines Paars. Die Enden ziehen, oder beide zusammen.</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Take back all pairs that were dropped or added by hand</source>
   <translation>Alle von Hand weggelassenen oder hinzugefügten Paare zurücknehmen</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>Your own limits</source>
   <translation>Eigene Grenzen</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>acquisitions</source>
   <translation>Aufnahmen</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>{0} dropped, {1} added by hand</source>
   <translation>{0} weggelassen, {1} von Hand hinzugefügt</translation>
  </message>
  <message>
   <location filename="../ui/main/pairs_page.py" />
   <source>⚠ Set the split date to the day of the earthquake: only scenes on both sides of it are paired.</source>
   <translation>⚠ Stichtag auf den Tag des Erdbebens setzen: nur Szenen beiderseits davon werden gepaart.</translation>
  </message>
  <message>
   <location filename="../ui/main/plan.py" />
   <source>Earthquake</source>
   <translation>Erdbeben</translation>
  </message>
  <message>
   <location filename="../ui/main/plan.py" />
   <source>Invert</source>
   <translation>Inversion</translation>
  </message>
  <message>
   <location filename="../ui/main/plan.py" />
   <source>Match pairs</source>
   <translation>Paare abgleichen</translation>
  </message>
  <message>
   <location filename="../ui/main/plan.py" />
   <source>Mean velocity</source>
   <translation>Mittlere Geschwindigkeit</translation>
  </message>
  <message>
   <location filename="../ui/main/plan.py" />
   <source>Pair network</source>
   <translation>Paarnetz</translation>
  </message>
  <message>
   <location filename="../ui/main/plan.py" />
   <source>Prepare</source>
   <translation>Vorbereitung</translation>
  </message>
  <message>
   <location filename="../ui/main/rendering.py" />
   <source>Correlation</source>
   <translation>Korrelation</translation>
  </message>
  <message>
   <location filename="../ui/main/rendering.py" />
   <source>Why missing</source>
   <translation>Warum fehlend</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>Calls on the clipboard: {0}.</source>
   <translation>Aufrufe in der Zwischenablage: {0}.</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>Results go to {0}</source>
   <translation>Ergebnisordner: {0}</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>The files of {0} stay in {1}</source>
   <translation>Die Dateien von {0} bleiben in {1}</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>The report cannot be written: {0}</source>
   <translation>Der Bericht kann nicht geschrieben werden: {0}</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>The run cannot begin: {0}</source>
   <translation>Der Lauf kann nicht beginnen: {0}</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>The settings are the same</source>
   <translation>Die Einstellungen sind gleich</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>The settings of {0} are back on the pages. Change some, then press Run.</source>
   <translation>Die Einstellungen von {0} stehen wieder auf den Seiten. Einige ändern, dann „Rechnen“ drücken.</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>This run is at work. Cancel it first.</source>
   <translation>Dieser Lauf rechnet noch. Zuerst abbrechen.</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>What differs</source>
   <translation>Was sich unterscheidet</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>not chosen yet</source>
   <translation>noch nicht gewählt</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>time</source>
   <translation>Dauer</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>{0:.1f} per minute</source>
   <translation>{0:.1f} je Minute</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>{0} is done after {1}. Click on the map to see the history of a place.</source>
   <translation>{0} ist nach {1} fertig. Auf die Karte klicken, um den Verlauf an einer Stelle zu sehen.</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>{0} left in this step</source>
   <translation>noch {0} in diesem Schritt</translation>
  </message>
  <message>
   <location filename="../ui/main/results_controller.py" />
   <source>{0} of {1}</source>
   <translation>{0} von {1}</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>A run matches the pairs, corrects and filters them, and solves the history of every pixel. Look at a preview on the page Matching first, then press Run.</source>
   <translation>Ein Lauf gleicht die Paare ab, korrigiert und filtert sie und berechnet den Verlauf jedes Pixels. Zuerst eine Vorschau auf der Seite „Abgleich“ ansehen, dann „Rechnen“ drücken.</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Add to map</source>
   <translation>Auf die Karte</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Bring the settings of this run back to the pages, change some, and run again</source>
   <translation>Die Einstellungen dieses Laufs auf die Seiten zurückholen, einige ändern und neu rechnen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Compare</source>
   <translation>Vergleich</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Copy as Python</source>
   <translation>Als Python kopieren</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Differences of two runs</source>
   <translation>Unterschiede zweier Läufe</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Double click adds an output to the map</source>
   <translation>Doppelklick fügt eine Ausgabe zur Karte hinzu</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>File</source>
   <translation>Datei</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Go on where it stopped: pairs that are done are not done again</source>
   <translation>Weitermachen, wo er stehen blieb: fertige Paare werden nicht neu gerechnet</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Log</source>
   <translation>Protokoll</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>More</source>
   <translation>Mehr</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>No run yet</source>
   <translation>Noch kein Lauf</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Open the folder</source>
   <translation>Ordner öffnen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Output</source>
   <translation>Ausgabe</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Outputs</source>
   <translation>Ausgaben</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Progress of the run</source>
   <translation>Fortschritt des Laufs</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Resume</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Run again with…</source>
   <translation>Neu rechnen mit…</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Runs</source>
   <translation>Läufe</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Select two runs with Ctrl to compare them</source>
   <translation>Zwei Läufe mit Strg auswählen, um sie zu vergleichen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>State</source>
   <translation>Zustand</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Take off the list</source>
   <translation>Aus der Liste entfernen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>Time</source>
   <translation>Dauer</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>done</source>
   <translation>fertig</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>failed</source>
   <translation>fehlgeschlagen</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>running</source>
   <translation>läuft</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>stopped</source>
   <translation>angehalten</translation>
  </message>
  <message>
   <location filename="../ui/main/results_page.py" />
   <source>waiting</source>
   <translation>wartet</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Cloud</source>
   <translation>Wolken</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Cloud and its shadow over the area of interest, from the class mask</source>
   <translation>Wolken und ihre Schatten über dem Untersuchungsgebiet, aus der Klassenmaske</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Cloud in area</source>
   <translation>Wolken im Gebiet</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Cloud of the whole scene, as announced</source>
   <translation>Wolken in der ganzen Szene, laut Anbieter</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Date</source>
   <translation>Datum</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Day of acquisition. Ticked scenes are used.</source>
   <translation>Tag der Aufnahme. Angehakte Szenen werden verwendet.</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Elevation of the sun</source>
   <translation>Höhe der Sonne</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Mission</source>
   <translation>Mission</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Relative orbit or path</source>
   <translation>Relativer Orbit oder Path</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Satellite and level</source>
   <translation>Satellit und Verarbeitungsstufe</translation>
  </message>
  <message>
   <location filename="../ui/main/scene_table.py" />
   <source>Sun</source>
   <translation>Sonne</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Folder of scenes</source>
   <translation>Ordner mit Szenen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Looking for scenes</source>
   <translation>Szenen werden gesucht</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Making sample scenes</source>
   <translation>Beispielszenen werden erzeugt</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>No scenes were found in this folder.</source>
   <translation>In diesem Ordner wurden keine Szenen gefunden.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Scenes added: {0}.</source>
   <translation>Szenen hinzugefügt: {0}.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Scenes: sample {0}</source>
   <translation>Szenen: Beispiel {0}</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Scenes: {0}</source>
   <translation>Szenen: {0}</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>Select one or more polygons of the active layer first.</source>
   <translation>Zuerst ein oder mehrere Polygone des aktiven Layers auswählen.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>The sample scenes are here. Look at them, then go on to the pairs.</source>
   <translation>Die Beispielszenen sind da. Ansehen, dann weiter zu den Paaren.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_controller.py" />
   <source>{0} cannot be shown on the map.</source>
   <translation>{0} kann nicht auf der Karte gezeigt werden.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>A glacier</source>
   <translation>Ein Gletscher</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>A landslide (two years)</source>
   <translation>Eine Rutschung (zwei Jahre)</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>A study begins with satellite scenes of one place on several dates: Sentinel-2, Landsat, or any dated GeoTIFF. New here? The sample data take a minute and need no download.</source>
   <translation>Eine Studie beginnt mit Satellitenszenen eines Orts an mehreren Terminen: Sentinel-2, Landsat oder beliebige datierte GeoTIFFs. Neu hier? Die Beispieldaten dauern eine Minute und brauchen keinen Download.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Add</source>
   <translation>Hinzufügen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Add a folder of scenes…</source>
   <translation>Ordner mit Szenen hinzufügen…</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>All</source>
   <translation>Alle</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>An earthquake</source>
   <translation>Ein Erdbeben</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Area</source>
   <translation>Gebiet</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Area of interest: clouds are counted there, and results can be limited to it</source>
   <translation>Untersuchungsgebiet: dort werden Wolken gezählt, und Ergebnisse lassen sich darauf begrenzen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Double click adds the image to the map</source>
   <translation>Doppelklick fügt das Bild zur Karte hinzu</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Download scenes of the list…</source>
   <translation>Szenen der Liste herunterladen…</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Draw a rectangle on the map</source>
   <translation>Rechteck auf der Karte zeichnen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Folder of scenes…</source>
   <translation>Ordner mit Szenen…</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Layer of the scenes. Its footprints on the map follow the selection here.</source>
   <translation>Layer der Szenen. Seine Umrisse auf der Karte folgen der Auswahl hier.</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>No area</source>
   <translation>Kein Gebiet</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>None</source>
   <translation>Keine</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Only the selected ones</source>
   <translation>Nur die ausgewählten</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Prepare: one grid, area and masks…</source>
   <translation>Vorbereiten: ein Gitter, Gebiet und Masken…</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Quick look</source>
   <translation>Vorschaubild</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Sample data</source>
   <translation>Beispieldaten</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Scenes</source>
   <translation>Szenen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Scenes layer</source>
   <translation>Szenenlayer</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Search an archive…</source>
   <translation>Archiv durchsuchen…</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Take the selected polygons of the active layer</source>
   <translation>Die ausgewählten Polygone des aktiven Layers nehmen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Take what the map shows</source>
   <translation>Den Kartenausschnitt nehmen</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Those with less than 30 % cloud</source>
   <translation>Die mit weniger als 30 % Wolken</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Try it with sample data</source>
   <translation>Mit Beispieldaten ausprobieren</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Use</source>
   <translation>Verwenden</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Where are the scenes?</source>
   <translation>Wo sind die Szenen?</translation>
  </message>
  <message>
   <location filename="../ui/main/scenes_page.py" />
   <source>Which scenes are used</source>
   <translation>Welche Szenen verwendet werden</translation>
  </message>
  <message>
   <location filename="../ui/main/timeline.py" />
   <source>Timeline of the scenes</source>
   <translation>Zeitleiste der Szenen</translation>
  </message>
  <message>
   <location filename="../ui/main/timeline.py" />
   <source>hidden by clouds</source>
   <translation>von Wolken verdeckt</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source> in {0} parts</source>
   <translation> in {0} Teilen</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>&lt;b&gt;1&lt;/b&gt; pair</source>
   <translation>&lt;b&gt;1&lt;/b&gt; Paar</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>&lt;b&gt;1&lt;/b&gt; result</source>
   <translation>&lt;b&gt;1&lt;/b&gt; Ergebnis</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>&lt;b&gt;running&lt;/b&gt;</source>
   <translation>&lt;b&gt;läuft&lt;/b&gt;</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>&lt;b&gt;{0}&lt;/b&gt; of {1} scenes</source>
   <translation>&lt;b&gt;{0}&lt;/b&gt; von {1} Szenen</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>&lt;b&gt;{0}&lt;/b&gt; pairs</source>
   <translation>Paare: &lt;b&gt;{0}&lt;/b&gt;</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>&lt;b&gt;{0}&lt;/b&gt; results</source>
   <translation>&lt;b&gt;{0}&lt;/b&gt; Ergebnisse</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>A new study. Begin with scenes.</source>
   <translation>Eine neue Studie. Mit Szenen beginnen.</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Add scenes…</source>
   <translation>Szenen hinzufügen…</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Click on the map</source>
   <translation>Auf die Karte klicken</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Matching</source>
   <translation>Abgleich</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Next: Matching</source>
   <translation>Weiter: Abgleich</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Next: Pairs</source>
   <translation>Weiter: Paare</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Pages of the study</source>
   <translation>Seiten der Studie</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Results</source>
   <translation>Ergebnisse</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Resume the run</source>
   <translation>Lauf fortsetzen</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Run 1 pair</source>
   <translation>1 Paar rechnen</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Run {0} pairs</source>
   <translation>Rechnen (Paare: {0})</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Running…</source>
   <translation>Rechnet…</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Show the progress</source>
   <translation>Fortschritt zeigen</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Tick two scenes</source>
   <translation>Zwei Szenen anhaken</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>Where the study stands</source>
   <translation>Stand der Studie</translation>
  </message>
  <message>
   <location filename="../ui/main/view.py" />
   <source>no pair yet</source>
   <translation>noch kein Paar</translation>
  </message>
  <message>
   <location filename="../ui/messages.py" />
   <source>Copy</source>
   <translation>Kopieren</translation>
  </message>
  <message>
   <location filename="../ui/messages.py" />
   <source>Details</source>
   <translation>Einzelheiten</translation>
  </message>
  <message>
   <location filename="../ui/messages.py" />
   <source>Terrain Motion: details</source>
   <translation>Terrain Motion: Einzelheiten</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>All optional packages are installed.</source>
   <translation>Alle Zusatzpakete sind installiert.</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>Command that installs the missing packages</source>
   <translation>Befehl, der die fehlenden Pakete installiert</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>Everything that is not listed as missing works. To add the missing packages, paste this command into {place}, then restart QGIS:</source>
   <translation>Alles, was nicht als fehlend aufgeführt ist, funktioniert. Um die fehlenden Pakete zu ergänzen, diesen Befehl in {place} einfügen und QGIS neu starten:</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>Optional packages</source>
   <translation>Zusatzpakete</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>Package</source>
   <translation>Paket</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>Terrain Motion: optional packages</source>
   <translation>Terrain Motion: Zusatzpakete</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>What it is for</source>
   <translation>Wofür</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>installed</source>
   <translation>installiert</translation>
  </message>
  <message>
   <location filename="../ui/packages/dialog.py" />
   <source>missing</source>
   <translation>fehlt</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Dask distributed</source>
   <translation>Dask distributed</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Filters and sub-pixel methods</source>
   <translation>Filter und Subpixel-Verfahren</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Matplotlib</source>
   <translation>Matplotlib</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Plots of time series, profiles and networks</source>
   <translation>Diagramme von Zeitreihen, Profilen und Netzen</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>PyWavelets</source>
   <translation>PyWavelets</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Reading and writing MintPy's files</source>
   <translation>Dateien von MintPy lesen und schreiben</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Removing satellite jitter</source>
   <translation>Satellitenzittern entfernen</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Runs on a cluster</source>
   <translation>Läufe auf einem Cluster</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>SciPy</source>
   <translation>SciPy</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>Speed: matching and inversion are many times faster with it</source>
   <translation>Tempo: Bildabgleich und Inversion werden um ein Vielfaches schneller</translation>
  </message>
  <message>
   <location filename="../ui/packages/found.py" />
   <source>dask distributed</source>
   <translation>dask distributed</translation>
  </message>
  <message>
   <location filename="../ui/profile/controller.py" />
   <source>Save the profile</source>
   <translation>Profil speichern</translation>
  </message>
  <message>
   <location filename="../ui/profile/controller.py" />
   <source>Save the values</source>
   <translation>Werte speichern</translation>
  </message>
  <message>
   <location filename="../ui/profile/controller.py" />
   <source>The line is outside the coordinate system of the data.</source>
   <translation>Die Linie liegt außerhalb des Koordinatensystems der Daten.</translation>
  </message>
  <message>
   <location filename="../ui/profile/model.py" />
   <source>Across the profile</source>
   <translation>Quer zum Profil</translation>
  </message>
  <message>
   <location filename="../ui/profile/model.py" />
   <source>Across, to the left</source>
   <translation>Quer, nach links</translation>
  </message>
  <message>
   <location filename="../ui/profile/model.py" />
   <source>Along the profile</source>
   <translation>Längs des Profils</translation>
  </message>
  <message>
   <location filename="../ui/profile/model.py" />
   <source>Offset {value} {unit} at {distance}</source>
   <translation>Versatz {value} {unit} bei {distance}</translation>
  </message>
  <message>
   <location filename="../ui/profile/plot.py" />
   <source>Distance</source>
   <translation>Entfernung</translation>
  </message>
  <message>
   <location filename="../ui/profile/plot.py" />
   <source>Offset</source>
   <translation>Versatz</translation>
  </message>
  <message>
   <location filename="../ui/profile/plot.py" />
   <source>mean ± spread in the swath</source>
   <translation>Mittel ± Streuung im Streifen</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>All dates</source>
   <translation>Alle Termine</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Choose Fit the offset of a fault to see it over time.</source>
   <translation>„Versatz einer Störung anpassen“ wählen, um ihn über die Zeit zu sehen.</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Clear</source>
   <translation>Leeren</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Click its points on the map, right click ends it</source>
   <translation>Punkte auf der Karte anklicken, Rechtsklick beendet</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Component</source>
   <translation>Komponente</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Dates</source>
   <translation>Termine</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Draw a line</source>
   <translation>Linie zeichnen</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Draw a line on the map: click its points, right click ends it.</source>
   <translation>Eine Linie auf die Karte zeichnen: Punkte anklicken, Rechtsklick beendet.</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Last date</source>
   <translation>Letzter Termin</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Loading the plot…</source>
   <translation>Diagramm wird geladen…</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Map or series</source>
   <translation>Karte oder Zeitreihe</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>No velocity map, displacement or series is loaded.
Terrain Motion &gt; Open series…</source>
   <translation>Keine Geschwindigkeitskarte, Verschiebung oder Zeitreihe geladen.
Terrain Motion &gt; Zeitreihe öffnen…</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Offset over time</source>
   <translation>Versatz über die Zeit</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Plot as PNG, SVG or PDF…</source>
   <translation>Diagramm als PNG, SVG oder PDF…</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Sampling…</source>
   <translation>Wird abgetastet…</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Save</source>
   <translation>Speichern</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Save the plot or its values</source>
   <translation>Diagramm oder Werte speichern</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Take the line away</source>
   <translation>Linie entfernen</translation>
  </message>
  <message>
   <location filename="../ui/profile/view.py" />
   <source>Values as CSV…</source>
   <translation>Werte als CSV…</translation>
  </message>
  <message>
   <location filename="../ui/sample.py" />
   <source>Making sample scenes of a landslide. The progress is in the status bar.</source>
   <translation>Beispielszenen einer Rutschung werden erzeugt. Den Fortschritt zeigt die Statusleiste.</translation>
  </message>
  <message>
   <location filename="../ui/sample.py" />
   <source>Sample scenes and their true motion are loaded. Click on the map.</source>
   <translation>Beispielszenen und ihre wahre Bewegung sind geladen. Auf die Karte klicken.</translation>
  </message>
  <message>
   <location filename="../ui/sample.py" />
   <source>Terrain Motion: sample data</source>
   <translation>Terrain Motion: Beispieldaten</translation>
  </message>
  <message>
   <location filename="../ui/sample.py" />
   <source>The sample data could not be made.</source>
   <translation>Die Beispieldaten konnten nicht erzeugt werden.</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Displacement</source>
   <translation>Verschiebung</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Everything is installed.</source>
   <translation>Alles ist installiert.</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Not installed: {names}.</source>
   <translation>Nicht installiert: {names}.</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Plots are shown in this unit. Files stay in metres and metres per year.</source>
   <translation>Diagramme zeigen diese Einheit. Dateien bleiben in Metern und Metern pro Jahr.</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Show packages…</source>
   <translation>Pakete zeigen…</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>The next run follows these; what runs now is not disturbed.</source>
   <translation>Gilt ab dem nächsten Lauf; was gerade läuft, bleibt ungestört.</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Units of plots</source>
   <translation>Einheiten der Diagramme</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Velocity</source>
   <translation>Geschwindigkeit</translation>
  </message>
  <message>
   <location filename="../ui/settings/page.py" />
   <source>Work</source>
   <translation>Rechnen</translation>
  </message>
  <message>
   <location filename="../ui/streamlines.py" />
   <source>Added {name}</source>
   <translation>{name} hinzugefügt</translation>
  </message>
  <message>
   <location filename="../ui/streamlines.py" />
   <source>Arrows of the motion</source>
   <translation>Pfeile der Bewegung</translation>
  </message>
  <message>
   <location filename="../ui/streamlines.py" />
   <source>Streamlines of the motion</source>
   <translation>Stromlinien der Bewegung</translation>
  </message>
  <message>
   <location filename="../ui/streamlines.py" />
   <source>Terrain Motion: mesh of the motion</source>
   <translation>Terrain Motion: Netz der Bewegung</translation>
  </message>
  <message>
   <location filename="../ui/streamlines.py" />
   <source>The mesh could not be made.</source>
   <translation>Das Netz konnte nicht erzeugt werden.</translation>
  </message>
  <message>
   <location filename="../ui/streamlines.py" />
   <source>The series has no directions on the map: it needs east and north.</source>
   <translation>Die Zeitreihe hat keine Richtungen auf der Karte: sie braucht Ost und Nord.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/beside.py" />
   <source>Choose a table of stations</source>
   <translation>Tabelle von Stationen wählen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/beside.py" />
   <source>Choose the stack of the series</source>
   <translation>Stapel der Zeitreihe wählen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/beside.py" />
   <source>Reading the pairs…</source>
   <translation>Paare werden gelesen…</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/beside.py" />
   <source>Tables and vector files</source>
   <translation>Tabellen und Vektordateien</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Along the motion</source>
   <translation>In Bewegungsrichtung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>East</source>
   <translation>Ost</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>East displacement</source>
   <translation>Verschiebung nach Ost</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Horizontal magnitude</source>
   <translation>Horizontaler Betrag</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Line of sight</source>
   <translation>Sichtlinie</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>North</source>
   <translation>Nord</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>North displacement</source>
   <translation>Verschiebung nach Nord</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Speed between dates</source>
   <translation>Tempo zwischen Terminen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Toward the satellite</source>
   <translation>Zum Satelliten</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Up</source>
   <translation>Auf</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Up displacement</source>
   <translation>Hebung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>Velocity between dates</source>
   <translation>Geschwindigkeit zwischen Terminen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>as in the file, which does not say</source>
   <translation>wie in der Datei, die nichts dazu sagt</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>length of the vector, never negative</source>
   <translation>Länge des Vektors, nie negativ</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>length of the velocity between two dates, never negative</source>
   <translation>Betrag der Geschwindigkeit zwischen zwei Terminen, nie negativ</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>positive east</source>
   <translation>positiv nach Ost</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>positive in the direction of the mean velocity</source>
   <translation>positiv in Richtung der mittleren Geschwindigkeit</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>positive north</source>
   <translation>positiv nach Nord</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>positive toward the satellite</source>
   <translation>positiv zum Satelliten</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>positive up</source>
   <translation>positiv nach oben</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/components.py" />
   <source>sign of the displacement</source>
   <translation>Vorzeichen der Verschiebung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/controller.py" />
   <source>Save the plot</source>
   <translation>Diagramm speichern</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/curves.py" />
   <source>toward {azimuth}°</source>
   <translation>nach {azimuth}°</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/curves.py" />
   <source>under the mouse</source>
   <translation>unter der Maus</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/curves.py" />
   <source>{number}, mean of {pixels} pixels</source>
   <translation>{number}, Mittel aus {pixels} Pixeln</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Area {number}: no value here: {reason}.</source>
   <translation>Fläche {number}: hier kein Wert: {reason}.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Point {number}: no value here: {reason}.</source>
   <translation>Punkt {number}: hier kein Wert: {reason}.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Point {number}: {seen} of {all} dates have a value, the first on {first}.</source>
   <translation>Punkt {number}: {seen} von {all} Terminen haben einen Wert, der erste am {first}.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Point {number}: {seen} of {all} dates have a value.</source>
   <translation>Punkt {number}: {seen} von {all} Terminen haben einen Wert.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Reference point R: no value here: {reason}.</source>
   <translation>Referenzpunkt R: hier kein Wert: {reason}.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Relative to the mean motion of the reference area R.</source>
   <translation>Relativ zur mittleren Bewegung der Referenzfläche R.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Relative to the motion of the reference point R.</source>
   <translation>Relativ zur Bewegung des Referenzpunkts R.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>Residuals</source>
   <translation>Residuen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/model.py" />
   <source>There are {count} points already. Clear some first.</source>
   <translation>Es gibt schon {count} Punkte. Zuerst einige entfernen.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>A CSV table or vector file with the columns date, east, north, up (or los), perhaps station, sigma_east, lon and lat; or Nevada's tenv3</source>
   <translation>Eine CSV-Tabelle oder Vektordatei mit den Spalten date, east, north, up (oder los), dazu vielleicht station, sigma_east, lon und lat; oder tenv3 aus Nevada</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>A course in time fitted to every curve</source>
   <translation>Ein zeitlicher Verlauf, an jede Kurve angepasst</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Acceleration</source>
   <translation>Beschleunigung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Add stations…</source>
   <translation>Stationen hinzufügen…</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>All options</source>
   <translation>Alle Optionen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Change of velocity</source>
   <translation>Geschwindigkeitsänderung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Choose the stack.json that the series was made of</source>
   <translation>Die stack.json wählen, aus der die Zeitreihe entstand</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Click on the map, then ask for the pairs of that point.</source>
   <translation>Auf die Karte klicken, dann nach den Paaren dieses Punkts fragen.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Compared with</source>
   <translation>Verglichen mit</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Custom</source>
   <translation>Eigenes</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Days</source>
   <translation>Tage</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Difference</source>
   <translation>Unterschied</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Draw what the model leaves</source>
   <translation>Zeichnen, was das Modell übrig lässt</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Fitted parameters</source>
   <translation>Angepasste Parameter</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>GNSS and other stations beside the curves</source>
   <translation>GNSS- und andere Stationen neben den Kurven</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Linear and seasonal</source>
   <translation>Linear und jahreszeitlich</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Linear with steps</source>
   <translation>Linear mit Sprüngen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Linear: constant velocity</source>
   <translation>Linear: konstante Geschwindigkeit</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Model, pairs and stations</source>
   <translation>Modell, Paare und Stationen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>No model</source>
   <translation>Kein Modell</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Pair</source>
   <translation>Paar</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Pairs</source>
   <translation>Paare</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Pairs, the worst first</source>
   <translation>Paare, das schlechteste zuerst</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Parameter</source>
   <translation>Parameter</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Pick step</source>
   <translation>Sprung wählen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Point</source>
   <translation>Punkt</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Quality</source>
   <translation>Güte</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Read every image pair at this point and compare it with the series</source>
   <translation>Jedes Bildpaar an diesem Punkt lesen und mit der Zeitreihe vergleichen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Remove all</source>
   <translation>Alle entfernen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Residual</source>
   <translation>Residuum</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Stack…</source>
   <translation>Stapel…</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Station</source>
   <translation>Station</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Stations</source>
   <translation>Stationen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Stations are drawn as dots, from zero on the first day of the series.</source>
   <translation>Stationen werden als Punkte gezeichnet, von null am ersten Tag der Zeitreihe an.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>The image pairs behind a point: why is it noisy?</source>
   <translation>Die Bildpaare hinter einem Punkt: warum rauscht er?</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>The next click on the plot sets the day of a sudden displacement</source>
   <translation>Der nächste Klick ins Diagramm setzt den Tag einer plötzlichen Verschiebung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>The series does not say from which pairs it was made. Choose its stack.</source>
   <translation>Die Zeitreihe sagt nicht, aus welchen Paaren sie entstand. Ihren Stapel wählen.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Unit</source>
   <translation>Einheit</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Value</source>
   <translation>Wert</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>What is fitted to every curve, weighted by its error bars</source>
   <translation>Was an jede Kurve angepasst wird, gewichtet mit ihren Fehlerbalken</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>Why is it noisy?</source>
   <translation>Warum rauscht er?</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/panel.py" />
   <source>does not have this component</source>
   <translation>hat diese Komponente nicht</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/reader.py" />
   <source>outside the series</source>
   <translation>außerhalb der Zeitreihe</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Area {number}</source>
   <translation>Fläche {number}</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Changes on</source>
   <translation>Ändert sich am</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Cubic term</source>
   <translation>Kubischer Term</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Decay</source>
   <translation>Abklingen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>No change is sure enough</source>
   <translation>Keine Änderung ist sicher genug</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Point {number}</source>
   <translation>Punkt {number}</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Quartic term</source>
   <translation>Term vierten Grades</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Quintic term</source>
   <translation>Term fünften Grades</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>RMSE</source>
   <translation>RMSE</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Seasonal amplitude</source>
   <translation>Jahreszeitliche Amplitude</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Seasonal cosine</source>
   <translation>Jahreszeitlicher Kosinus</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Seasonal sine</source>
   <translation>Jahreszeitlicher Sinus</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>Step {day}</source>
   <translation>Sprung {day}</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>sigma {value}</source>
   <translation>Sigma {value}</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/rows.py" />
   <source>{component}: measured {value}, off by {residual}</source>
   <translation>{component}: gemessen {value}, daneben um {residual}</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/saving.py" />
   <source>Saved</source>
   <translation>Gespeichert:</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/saving.py" />
   <source>could not be saved</source>
   <translation>konnte nicht gespeichert werden</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Click its corners, right click ends it: mean of its pixels and the spread between them</source>
   <translation>Ecken anklicken, Rechtsklick beendet: Mittel der Pixel und ihre Streuung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Click on the map to see the history there; drag a point to move it, right click takes it away</source>
   <translation>Auf die Karte klicken, um den Verlauf dort zu sehen; Punkte lassen sich ziehen, Rechtsklick entfernt sie</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Click on the map.
Drag a point to move it, right click to take it away.</source>
   <translation>Auf die Karte klicken.
Punkte lassen sich ziehen; Rechtsklick entfernt sie.</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Click on the map: the motion there is taken away from all others. Drag R, or Ctrl and click, to move it; press again to end it</source>
   <translation>Auf die Karte klicken: die Bewegung dort wird von allen anderen abgezogen. R ziehen, oder Strg und Klick, versetzt ihn; nochmals drücken beendet</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Component of the displacement</source>
   <translation>Komponente der Verschiebung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Curves of displacement over time; their values can be saved as a table</source>
   <translation>Kurven der Verschiebung über die Zeit; ihre Werte lassen sich als Tabelle speichern</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Draw an area</source>
   <translation>Fläche zeichnen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Draw an area on the map: its mean motion is taken away from all others</source>
   <translation>Eine Fläche auf die Karte zeichnen: ihre mittlere Bewegung wird von allen anderen abgezogen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Error bars: 1 standard deviation</source>
   <translation>Fehlerbalken: 1 Standardabweichung</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Fit a model, see the pairs behind a point, put stations beside it</source>
   <translation>Ein Modell anpassen, die Paare hinter einem Punkt sehen, Stationen danebenstellen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Follow the mouse</source>
   <translation>Der Maus folgen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Grid</source>
   <translation>Gitter</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Grid lines</source>
   <translation>Gitterlinien</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Model, pairs, stations</source>
   <translation>Modell, Paare, Stationen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>No time series is loaded.
Terrain Motion &gt; Open series…</source>
   <translation>Keine Zeitreihe geladen.
Terrain Motion &gt; Zeitreihe öffnen…</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Pick points</source>
   <translation>Punkte wählen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Reference area</source>
   <translation>Referenzfläche</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Reference point</source>
   <translation>Referenzpunkt</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Series</source>
   <translation>Zeitreihe</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Show the history under the mouse while picking points</source>
   <translation>Beim Wählen den Verlauf unter der Maus zeigen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Take all points away</source>
   <translation>Alle Punkte entfernen</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Time series of the project</source>
   <translation>Zeitreihen des Projekts</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Units</source>
   <translation>Einheiten</translation>
  </message>
  <message>
   <location filename="../ui/timeseries/view.py" />
   <source>Units of displacement and velocity</source>
   <translation>Einheiten von Verschiebung und Geschwindigkeit</translation>
  </message>
 </context>
</TS>
