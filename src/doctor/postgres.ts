/** What is found of a PostgreSQL server and the queue's schema in it. */
import { humanDuration } from "../core/text/duration.js";
import { humanSize } from "../core/text/size.js";
import type { PostgresFacts } from "../store/inspect.js";
import { type Check, type Examined, ok, unusable, warning } from "./check.js";

/** The version that is tested. */
const TESTED = 17;

const MUCH_SKEW_MS = 1000;
/** A transaction this old makes claims slower, since dead rows have to be read past. */
const OLD_TRANSACTION_MS = 60_000;
/** Share of the connections that are in use. */
const FEW_LEFT = 0.9;

export function checkServer(facts: PostgresFacts): Examined {
  const checks = [
    server(facts),
    schema(facts),
    clock(facts),
    connections(facts),
    vacuum(facts),
    transactions(facts),
    replication(facts),
  ];
  return { checks, usable: facts.schema === facts.ownSchema };
}

function server({ shown, serverVersion, serverNumber, isEncrypted }: PostgresFacts): Check {
  const major = Math.floor(serverNumber / 10_000);
  const what = `${shown} answers: PostgreSQL ${serverVersion}, ${isEncrypted ? "encrypted" : "not encrypted"}`;
  if (major === TESTED) return ok("database", what);
  return warning("database", what, `queuectl is tested with PostgreSQL ${TESTED} only`);
}

function schema({ schema: version, ownSchema, bytes }: PostgresFacts): Check {
  if (version === ownSchema)
    return ok("schema", `version ${version} is this program's; tables and indexes have ${humanSize(bytes)}`);
  if (version === 0) return unusable("schema", "there is no queue in the database yet", "queuectl db migrate makes it");
  const message = `version ${version} is not this program's, which is ${ownSchema}`;
  if (version > ownSchema) return unusable("schema", message, "upgrade queuectl");
  return unusable("schema", message, "queuectl db migrate brings it up to date");
}

function clock({ clockSkewMs }: PostgresFacts): Check {
  const far = humanDuration(Math.abs(clockSkewMs));
  const message = `the server's clock is ${far} ${clockSkewMs < 0 ? "behind" : "before"} this machine's`;
  if (Math.abs(clockSkewMs) <= MUCH_SKEW_MS) return ok("server clock", message);
  return warning("server clock", message, "times are the server's; let both keep time by NTP");
}

function connections({ connections: used, maxConnections }: PostgresFacts): Check {
  const message = `${used} of ${maxConnections} connections are in use`;
  if (used < FEW_LEFT * maxConnections) return ok("connections", message);
  const hint = "a worker takes one and a supervisor two: raise max_connections, or put a pooler before the server";
  return warning("connections", message, hint);
}

function vacuum({ autovacuum, deadRows }: PostgresFacts): Check {
  if (autovacuum) return ok("autovacuum", `on; ${deadRows.toLocaleString("en")} dead rows`);
  return warning("autovacuum", "it is off, so the tables grow with every job", "set autovacuum = on on the server");
}

function transactions({ oldestTransactionMs }: PostgresFacts): Check {
  if (oldestTransactionMs < OLD_TRANSACTION_MS) return ok("transactions", "none is open for long");
  return warning(
    "transactions",
    `one has been open for ${humanDuration(oldestTransactionMs)}, which makes claims slower`,
    "find it with: select pid, query from pg_stat_activity where backend_xmin is not null order by xact_start",
  );
}

function replication({ standbys, synchronousStandbys, synchronousCommit }: PostgresFacts): Check {
  if (synchronousCommit === "off") {
    const hint = "set synchronous_commit = on, or a crash of the server loses jobs that were acknowledged";
    return warning("replication", "synchronous_commit is off on the server", hint);
  }
  if (standbys === 0) return ok("replication", "no standby is connected");
  if (synchronousStandbys > 0)
    return ok("replication", `${synchronousStandbys} of ${standbys} standbys are synchronous`);
  return warning(
    "replication",
    `none of ${standbys} standbys is synchronous: a failover may lose jobs that were acknowledged`,
    "name one in synchronous_standby_names on the server",
  );
}
