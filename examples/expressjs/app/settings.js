/** What the application is told by its environment. Without a charm it has defaults to try it with. */
export function readSettings(given = process.env) {
  const port = given.PORT || "8080";
  return {
    port,
    metricsPort: given.METRICS_PORT || port,
    metricsPath: given.METRICS_PATH || "/metrics",
    baseURL: given.APP_BASE_URL || "",
    secretKey: given.APP_SECRET_KEY || "only to try it",
    mostChoices: Number(given.APP_MOST_CHOICES || 4),
    database: {
      host: given.POSTGRESQL_DB_HOSTNAME,
      port: Number(given.POSTGRESQL_DB_PORT || 5432),
      user: given.POSTGRESQL_DB_USERNAME,
      password: given.POSTGRESQL_DB_PASSWORD,
      database: given.POSTGRESQL_DB_NAME,
      connectionTimeoutMillis: 5_000,
    },
  };
}
