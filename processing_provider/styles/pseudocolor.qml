<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="$band" opacity="1" alphaBand="-1" nodataColor="" classificationMin="$minimum" classificationMax="$maximum">
   <rasterTransparency/>
   <minMaxOrigin><limits>None</limits><extent>WholeRaster</extent><statAccuracy>Estimated</statAccuracy></minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="INTERPOLATED" classificationMode="2" clip="0" minimumValue="$minimum" maximumValue="$maximum" labelPrecision="3">
     <colorramp name="[source]" type="gradient">
      <Option type="Map">
       <Option name="color1" type="QString" value="$first"/>
       <Option name="color2" type="QString" value="$last"/>
       <Option name="discrete" type="QString" value="0"/>
       <Option name="rampType" type="QString" value="gradient"/>
       <Option name="stops" type="QString" value="$stops"/>
      </Option>
     </colorramp>
$items
     <rampLegendSettings useContinuousLegend="1" orientation="2" direction="0" prefix="" suffix="$suffix" minimumLabel="" maximumLabel="">
      <numericFormat id="basic"><Option type="Map"><Option name="decimals" type="int" value="$decimals"/></Option></numericFormat>
     </rampLegendSettings>
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
  <brightnesscontrast/>
  <huesaturation/>
  <rasterresampler maxOversampling="2"/>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
