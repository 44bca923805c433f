// Reads the API with types generated from the OpenAPI document. Prints one JSON line per object.
// node client.js <base URL> <value of the session cookie> <generation id>…
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Generation = components["schemas"]["Generation"];

const [baseUrl, session, ...ids] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { cookie: `sessionid=${session}` } });

function print(line: object): void {
  console.log(JSON.stringify(line));
}

/** The compiler accepts a field only in states that have it, and `never` only if all states are handled. */
function describe(generation: Generation): object {
  switch (generation.status) {
    case "queued":
      return { queue_position: generation.queue_position };
    case "processing":
    case "retrying":
      return { percent: generation.progress?.progress_percent ?? null };
    case "completed":
      return { seed: generation.seed, artist: generation.style.artist.artist_name };
    case "failed":
    case "canceled":
      return { error_code: generation.error_code, refunded: generation.refunded };
    default: {
      const unknown: never = generation;
      throw new Error(`unknown state: ${JSON.stringify(unknown)}`);
    }
  }
}

const me = await api.GET("/api/auth/me");
if (!me.data) throw new Error(me.error.error.code);
print({ username: me.data.data.username, role: me.data.data.role });

const styles = await api.GET("/api/styles", { params: { query: { sort: "recent", limit: 10 } } });
if (!styles.data) throw new Error(styles.error.error.code);
for (const style of styles.data.data.results) {
  print({ style: style.name, training_status: style.training_status });
}

for (const id of ids) {
  const found = await api.GET("/api/generations/{id}", { params: { path: { id: Number(id) } } });
  if (!found.data) throw new Error(found.error.error.code);
  print({ status: found.data.data.status, ...describe(found.data.data) });
}
