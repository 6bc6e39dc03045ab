package toolshed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
  @ParameterizedTest
  @CsvSource({
    "APP_SECRET_KEY, hush",
    "SECRET_KEY, hush",
    "POSTGRESQL_DB_PASSWORD, hush",
    "APP_API_TOKEN, hush",
    "POSTGRESQL_DB_CONNECT_STRING, postgresql://ada:hush@10.0.0.1:5432/tool-shed",
    "POSTGRESQL_DB_NETLOC, ada:hush@10.0.0.1:5432",
    "spring.data.redis.url, redis://:hush@10.0.0.1:6379",
    "spring.datasource.password, hush",
    "spring.cloud.aws.credentials.accessKey, hush",
    "openfga.credentials.config.api-token, hush",
    "spring.security.oauth2.client.registration.oidc.client-secret, hush",
  })
  void aSecretIsNotShown(String name, String value) {
    assertFalse(Environment.mask(name, value).contains("hush"));
  }

  @ParameterizedTest
  @CsvSource({
    "APP_TITLE, To lend: now",
    "APP_BASE_URL, http://tool-shed.model:8080/",
    "spring.datasource.url, jdbc:postgresql://10.0.0.1:5432/tool-shed",
    "spring.data.redis.url, redis://10.0.0.1:6379",
  })
  void whatIsNoSecretIsShownAsItIs(String name, String value) {
    assertEquals(value, Environment.mask(name, value));
  }

  @Test
  void aRotatedSecretLooksDifferent() {
    assertNotEquals(
        Environment.mask("APP_SECRET_KEY", "old"), Environment.mask("APP_SECRET_KEY", "new"));
  }
}
