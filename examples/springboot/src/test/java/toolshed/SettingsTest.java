package toolshed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @ParameterizedTest
  @CsvSource({
    "'', /",
    "http://tool-shed.model:8080, /",
    "https://example.com/model-tool-shed, /model-tool-shed/",
    "https://example.com/model-tool-shed/, /model-tool-shed/",
  })
  void thePathOfTheSiteEndsInASlash(String baseUrl, String root) {
    assertEquals(root, new Settings(baseUrl, "", "").root());
  }
}
