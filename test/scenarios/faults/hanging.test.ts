// Connections that are never made: packets that vanish, handshakes and lookups without an answer.
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { authority, listening } from "../../helpers/net.ts";
import { inNetwork } from "../../helpers/network.ts";
import { delivered, denied, failed, fire, send, webhook } from "../../helpers/send.ts";

/** In the network packets to it vanish. */
const SILENT = "198.51.100.7";

const hung = (more: string, scheme = "https") =>
	webhook(`${scheme}://${SILENT}/in`, `allow_http = true\n${more}`, scheme);
const OTHERS = Array.from({ length: 33 }, (_, n) => webhook("http://127.0.0.1", "", `other-${n}`)).join("");

describe("fault 3: a connection that hangs is abandoned at the timeout and retried until the deadline", () => {
	inNetwork((fireThere) => {
		it("over http and over https", async () => {
			const run = await fireThere(
				["http", "https"].map((scheme) => hung("timeout_ms = 150\nretry_count = 2", scheme)).join(""),
			);
			const row = { status: "failed", attempts: 3, error: "no response within 150 ms, after 3 attempts" };
			expect(run).toMatchObject({ code: 0, stderr: "", results: { results: [row, row] } });
			expect(run.log).toContain("https: attempt 1 of 3 failed: no response within 150 ms; the next in ");
			expect(run).toMatchObject({ connections: [], begun: 6 });
			expect(run.elapsedMs).toBeLessThan(5000);
		});

		it("and denies a gate", async () => {
			const run = await fireThere(hung('timeout_ms = 100\nretry_count = 1\non_failure = "abort"'));
			expect(run).toMatchObject(denied("no response within 100 ms, after 2 attempts", 2));
		});

		it("among more than 32 webhooks, and holds none of them up", async () => {
			const run = await fireThere(hung("timeout_ms = 600\nretry_count = 1") + OTHERS);
			expect(run.annotations.map(({ message }) => message)).toEqual([
				"the webhook failed: no response within 600 ms, after 2 attempts",
			]);
			expect(run.outputs).toMatchObject({ delivered: "33", failed: "1" });
			expect(run.log.indexOf("✓ other-32")).toBeLessThan(run.log.indexOf("✗ https"));
		});

		it("and another address of the same name is tried meanwhile", async () => {
			const names = { "n.test": [[SILENT, "192.0.2.9"]] };
			const run = await fireThere(webhook("http://n.test", "allow_http = true"), { names });
			expect(run).toMatchObject({ ...delivered(), connections: ["192.0.2.9:80"] });
		});

		it("in the lookup of its name", async () => {
			const names = { "slow.test": [] };
			const run = await fireThere(webhook("https://slow.test", "timeout_ms = 200\nretry_count = 1"), { names });
			expect(run).toMatchObject({ ...failed("no response within 200 ms, after 2 attempts", 2), begun: 0 });
			expect(run.questions).toContain("A slow.test");
			expect(run.elapsedMs).toBeLessThan(7000);
		}, 10_000);
	});

	it("in the TLS handshake", async () => {
		const firsts: Buffer[] = [];
		const silent = createServer((socket: Socket) => {
			socket.on("error", () => {}).once("data", (first: Buffer) => firsts.push(first));
		});
		await listening(silent, async (port) => {
			const run = await send(`https://127.0.0.1:${port}`, "timeout_ms = 500\nretry_count = 1");
			expect(run).toMatchObject(failed("no response within 500 ms, after 2 attempts", 2));
			expect(run.elapsedMs).toBeLessThan(5000);
		});
		// A handshake record each.
		expect(firsts.map(([type]) => type)).toEqual([0x16, 0x16]);
	});

	it("once in the TLS handshake, among more than 32 webhooks, which then are all delivered", async () => {
		const ca = authority();
		const answering = createHttpsServer(ca.issue("IP:127.0.0.1"), (_, response) => response.end());
		let silent: Socket | undefined;
		const server = createServer((socket: Socket) => {
			socket.on("error", () => {});
			if (silent === undefined) silent = socket.resume();
			else answering.emit("connection", socket);
		});
		await listening(server, async (port) => {
			const hooks = Array.from({ length: 33 }, (_, n) => {
				return webhook(`https://127.0.0.1:${port}`, 'timeout_ms = 1500\nca_file = "ca.pem"', `h${n}`);
			});
			const run = await fire(hooks.join(""), { files: { "ca.pem": ca.cert } });
			expect(run).toMatchObject({ annotations: [], outputs: { result: "passed", delivered: "33" } });
			expect(run.log).toContain("attempt 1 of 4 failed: no response within 1500 ms; the next in ");
		});
	});
});

describe("fault 2: a name server that does not respond delays neither other hosts nor the end of the run", () => {
	inNetwork((fireThere) => {
		it("with four such names beside one that resolves", async () => {
			const dead = ["a", "b", "c", "d"].map((name) => `${name}.silent.test`);
			const names = { ...Object.fromEntries(dead.map((name) => [name, []])), "alive.test": [["192.0.2.9"]] };
			const settings = "allow_http = true\ntimeout_ms = 300\nretry_count = 1\nretry_delay_ms = 1";
			const hooks = [...dead, "alive.test"].map((name) => webhook(`http://${name}`, settings, name));
			const run = await fireThere(hooks.join(""), { names });
			expect(run.outputs).toMatchObject({ delivered: "1", failed: "4" });
			expect(run.log).toContain("✓ alive.test");
			expect(run.elapsedMs).toBeLessThan(7000);
		}, 10_000);
	});
});
