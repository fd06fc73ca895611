// Gates whose responses may have been truncated: over every transport nothing but a proved end is a yes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { authority, listening, rawServer } from "../../helpers/net.ts";
import { RECEIVER, recordingProxy } from "../../helpers/proxy.ts";
import { fire, webhook } from "../../helpers/send.ts";

const YES = '{"allow": true}';
const OK = "HTTP/1.1 200 OK\r\n";

const UNPROVED = {
	"HTTP/1.0 without a length": `HTTP/1.0 200 OK\r\n\r\n${YES}`,
	"no length and no chunks": `${OK}Connection: close\r\n\r\n${YES}`,
	"only headers": `${OK}Content-Type: application/json\r\n\r\n`,
	"a body shorter than its length": `${OK}Content-Length: 99\r\n\r\n${YES}`,
	"chunks without the last one": `${OK}Transfer-Encoding: chunked\r\n\r\nf\r\n${YES}\r\n`,
	"half of the last chunk": `${OK}Transfer-Encoding: chunked\r\n\r\nf\r\n${YES}\r\n0\r\n`,
	"a transfer encoding other than chunked": `${OK}Transfer-Encoding: identity\r\n\r\n${YES}`,
	"a 204 that announces a body": 'HTTP/1.1 204 No Content\r\nContent-Length: 16\r\n\r\n{"allow": false}',
	"chunks in another transfer encoding": `${OK}Transfer-Encoding: gzip, chunked\r\n\r\nf\r\n${YES}\r\n0\r\n\r\n`,
};
/** Those that are tried by every way; what a transport makes of each of them is in the suite of transports. */
const SOME = [
	"HTTP/1.0 without a length",
	"chunks without the last one",
	"a 204 that announces a body",
	"the last chunk",
];
const PROVED = {
	"a length": `${OK}Content-Length: 15\r\n\r\n${YES}`,
	"a length in HTTP/1.0": `HTTP/1.0 200 OK\r\nContent-Length: 15\r\n\r\n${YES}`,
	"the last chunk": `${OK}Transfer-Encoding: chunked\r\n\r\nf\r\n${YES}\r\n0\r\n\r\n`,
	"a status without a body": "HTTP/1.1 204 No Content\r\n\r\n",
};
const ca = authority();
const identity = ca.issue(`DNS:${RECEIVER}`);
const GATE = 'on_failure = "abort"\nretry_count = 0';

/** How a gate that gives these bytes ends a run, by each way to it. */
const WAYS = {
	"on a connection of its own": (raw: string) =>
		listening(rawServer(raw), (port) => asked(webhook(`http://127.0.0.1:${port}`, GATE))),
	"on kept connections": (raw: string) =>
		listening(rawServer(raw), (port) =>
			asked(webhook(`http://127.0.0.1:${port}`, GATE), { event: "", "events-file": "events.jsonl" }),
		),
	"through a proxy": (raw: string) =>
		listening(rawServer(raw, identity), (port) =>
			listening(recordingProxy().server, (proxyPort) => {
				const config = webhook(`https://${RECEIVER}:${port}`, `${GATE}\nca_file = "ca.pem"`);
				return asked(config, {}, { https_proxy: `http://127.0.0.1:${proxyPort}` });
			}),
		),
};

async function asked(config: string, inputs = {}, env = {}): Promise<string | undefined> {
	const run = await fire(config, {
		inputs: { ...inputs },
		files: { "ca.pem": ca.cert, "events.jsonl": '{"event": "pipeline_start"}\n' },
		env,
	});
	return run.outputs["result"];
}

describe("fault 47: a gate's response without proof of its end denies", () => {
	it.each(Object.entries(WAYS))("%s, and only one with proof is a yes", async (way, ask) => {
		const tried = ([name]: readonly [string, string]) => way === "on a connection of its own" || SOME.includes(name);
		const expected = (cases: object, result: string) =>
			Object.entries(cases)
				.filter(tried)
				.map(([name]) => [name, result]);
		const answers = Object.entries({ ...UNPROVED, ...PROVED }).filter(tried);
		expect(await Promise.all(answers.map(async ([name, raw]) => [name, await ask(raw)]))).toEqual([
			...expected(UNPROVED, "aborted"),
			...expected(PROVED, "passed"),
		]);
	});

	it("of a gate in Python's HTTP/1.0 that is killed after its headers", async () => {
		const script = `
import http.server, os, signal
class Gate(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        os.kill(os.getpid(), signal.SIGKILL)
server = http.server.HTTPServer(("127.0.0.1", 0), Gate)
print(server.server_address[1], flush=True)
server.serve_forever()
`;
		const gate = spawn("python3", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
		onTestFinished(() => void gate.kill("SIGKILL"));
		const [port] = await once(createInterface({ input: gate.stdout }), "line");
		expect(await asked(webhook(`http://127.0.0.1:${port}`, GATE))).toBe("aborted");
	});
});
