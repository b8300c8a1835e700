/** What counts as delivered, against receivers that answer badly. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { testMessage } from "../../src/webhook/message.js";
import { type Answer, send } from "../../src/webhook/send.js";

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((closed) => server?.close(closed));
});

/** Sends to a receiver that answers with these bytes, and then ends the connection, or not. */
async function sendTo(said: string, end: "end" | "stay"): Promise<Answer> {
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(said);
      if (end === "end") socket.end();
    });
  });
  server = listening;
  await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
  return send(testMessage(url, "d", "default", "2030-01-01T00:00:00.000Z"), null);
}

it.each([
  ["never ends", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "stay"],
  ["is cut short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "end"],
  ["is not encoded as it says", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf", "end"],
] as const)("a 2xx is a success, also if its body %s", async (_, said, end) => {
  expect(await sendTo(said, end)).toMatchObject({
    kind: "accepted",
    status: 200,
    text: "the receiver answered 200 OK",
  });
});

it("the status of a failure counts too, with what could be read of its body", async () => {
  const answer = await sendTo("HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\nno more of it", "end");
  expect(answer).toMatchObject({ kind: "refused", status: 410 });
  expect(answer.text).toBe("the receiver answered 410 Gone: no more of it");
});

it.each([
  ["SSH-2.0-OpenSSH_9.9\r\n", /^the receiver's answer is not HTTP: /],
  ["", /^the receiver ended the connection without an answer: /],
])("an answer of %j is said to be none", async (said, text) => {
  expect(await sendTo(said, "end")).toMatchObject({ kind: "failed", status: null, text: expect.stringMatching(text) });
});

it("any port will do, also one that browsers and fetch never speak to", async () => {
  const url = "http://127.0.0.1:9/";
  const answer = await send(testMessage(url, "d", "default", "2030-01-01T00:00:00.000Z"), null);
  expect(answer).toMatchObject({ kind: "failed", status: null });
  expect(answer.text).toBe("the receiver cannot be reached: connect ECONNREFUSED 127.0.0.1:9");
});
