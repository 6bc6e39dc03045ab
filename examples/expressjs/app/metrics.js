import { collectDefaultMetrics, Histogram, register } from "prom-client";

collectDefaultMetrics();

// Name and labels are what the dashboard of the charm asks for.
const duration = new Histogram({
  name: "http_request_duration_seconds",
  help: "How long requests took to be answered",
  labelNames: ["method", "status_code"],
});

/** Measure every request from here on. */
export function measure(request, response, next) {
  const end = duration.startTimer({ method: request.method });
  response.on("finish", () => end({ status_code: response.statusCode }));
  next();
}

export async function showMetrics(_request, response) {
  response.type(register.contentType).send(await register.metrics());
}
