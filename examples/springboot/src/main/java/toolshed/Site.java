package toolshed;

import java.net.URI;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

@Controller
public class Site {
  private static final Logger LOG = LoggerFactory.getLogger(Site.class);
  private static final int LONGEST = 80;

  private final Settings settings;
  private final Tools tools;
  private final Neighbour neighbour;

  Site(Settings settings, Tools tools) {
    this.settings = settings;
    this.tools = tools;
    this.neighbour = new Neighbour(settings.secretKey());
  }

  @ModelAttribute
  void forEveryPage(Model page) {
    page.addAttribute("title", settings.title());
    page.addAttribute("root", settings.root());
  }

  @GetMapping("/")
  String shed(Model page, @CookieValue(name = Neighbour.COOKIE, defaultValue = "") String cookie) {
    page.addAttribute("tools", tools.findTop50ByOrderByIdDesc());
    page.addAttribute("neighbour", neighbour.read(cookie));
    return "shed";
  }

  @PostMapping("/tools")
  ResponseEntity<String> add(@RequestParam String name, @RequestParam String owner) {
    if (isNoName(name) || isNoName(owner)) {
      return refused("A tool needs a name and an owner.");
    }
    tools.save(new Tool(name.strip(), owner.strip()));
    return home(owner.strip());
  }

  @PostMapping("/tools/{id}/lend")
  @Transactional
  public ResponseEntity<String> lend(@PathVariable long id, @RequestParam String borrower) {
    if (isNoName(borrower)) {
      return refused("Whom is it lent to?");
    }
    tools.findById(id).ifPresent(tool -> tool.lendTo(borrower.strip()));
    return home(borrower.strip());
  }

  @PostMapping("/tools/{id}/return")
  @Transactional
  public ResponseEntity<String> takeBack(@PathVariable long id) {
    tools.findById(id).ifPresent(Tool::takeBack);
    return ResponseEntity.status(HttpStatus.SEE_OTHER).location(URI.create(settings.root())).build();
  }

  @GetMapping("/env")
  String environment(Model page) {
    page.addAttribute("variables", Environment.all());
    return "environment";
  }

  /** Answers with null, not with 404, for a variable that is not set: both are good news. */
  @GetMapping("/env/{name}")
  ResponseEntity<Environment.Variable> variable(@PathVariable String name) {
    String value = System.getenv(name);
    String shown = value == null ? null : Environment.mask(name, value);
    return ResponseEntity.ok(new Environment.Variable(name, shown));
  }

  /** Tells whether the database answers. */
  @GetMapping("/health")
  ResponseEntity<Map<String, String>> health() {
    try {
      tools.ping();
      return ResponseEntity.ok(Map.of("database", "ok"));
    } catch (DataAccessException | CannotCreateTransactionException error) {
      return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
          .body(Map.of("database", "unreachable"));
    }
  }

  @ExceptionHandler({DataAccessException.class, CannotCreateTransactionException.class})
  ResponseEntity<String> fail(Exception error) {
    LOG.error(error.getMessage());
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .body("The database does not answer. Try again in a moment.");
  }

  private ResponseEntity<String> home(String name) {
    ResponseCookie cookie =
        ResponseCookie.from(Neighbour.COOKIE, neighbour.signed(name))
            .path("/")
            .httpOnly(true)
            .sameSite("Lax")
            .secure(settings.baseUrl().startsWith("https:"))
            .build();
    return ResponseEntity.status(HttpStatus.SEE_OTHER)
        .header(HttpHeaders.SET_COOKIE, cookie.toString())
        .location(URI.create(settings.root()))
        .build();
  }

  private static boolean isNoName(String text) {
    return text.isBlank() || text.length() > LONGEST;
  }

  private static ResponseEntity<String> refused(String reason) {
    return ResponseEntity.badRequest().body(reason);
  }
}
