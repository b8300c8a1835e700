/** How the server proves who it is. */
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { UnusableError } from "../../../core/errors.js";
import type { PostgresAddress } from "../../postgres-url.js";

/** False: the connection is not encrypted. @throws UnusableError if the certificates cannot be read */
export function tlsOptions({ sslMode, rootCertificates }: PostgresAddress, host: string): ConnectionOptions | false {
  if (sslMode === "disable" || host.startsWith("/")) return false;
  return {
    ...(rootCertificates === undefined ? {} : { ca: readCertificates(rootCertificates) }),
    rejectUnauthorized: sslMode !== "require",
    ...(sslMode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}

function readCertificates(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UnusableError(
      `the certificates ${path} (sslrootcert) cannot be read: ${(error as Error).message}`,
      "name a file with the certificate of the authority that signed the server's",
      error,
    );
  }
}
