package toolshed;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the charm sets for the application itself: APP_BASE_URL, APP_SECRET_KEY, and APP_TITLE, which
 * is an option of this example's own. What Spring has properties for, such as the database and the
 * ports, the charm sets by the names of those.
 */
@ConfigurationProperties("app")
public record Settings(
    @DefaultValue("") String baseUrl,
    @DefaultValue("") String secretKey,
    @DefaultValue("Tool shed") String title) {

  /** The path below which users see the site: an ingress takes it off before it asks here. */
  public String root() {
    String path = URI.create(baseUrl).getPath();
    return path.endsWith("/") ? path : path + "/";
  }
}
