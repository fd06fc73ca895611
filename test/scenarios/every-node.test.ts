// The built command on every Node at hand: what it sends many of, in bulk, and through proxies.
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openNatsRecords } from "../../src/store/nats/records.ts";
import { connectTo, makeStream, startNats, withoutNats } from "../helpers/nats.ts";
import { authority, listening } from "../helpers/net.ts";
import { nodes } from "../helpers/nodes.ts";
import { behindProxy, RECEIVER, startTinyproxy, withoutTinyproxy } from "../helpers/proxy.ts";
import { good } from "../helpers/records.ts";
import { type Interventions, runCommand, runProgram, workspace } from "../helpers/runner.ts";
import { webhook } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

/** Of a kind, and more than a process has listeners of one thing before Node warns of a leak. */
const MANY = 60;

const EVENTS = Array.from({ length: MANY }, (_, n) => JSON.stringify({ event: "pipeline_start", id: `e${n}` }));

describe.each(nodes().map(({ version, path }) => [version, path] as const))("Node %s", (version, node) => {
	const fire = (
		args: readonly string[],
		files: Readonly<Record<string, string | Uint8Array>>,
		given: Interventions & { readonly env?: Readonly<Record<string, string>> } = {},
	) => {
		const run: typeof runProgram = (_program, all, options) => runProgram(node, all, options);
		const folder = workspace({ "events.jsonl": EVENTS.join("\n"), ...files });
		return runCommand(["fire", ...args], { workspace: folder, run, ...given });
	};
	const passed = (delivered: number) => ({
		code: 0,
		stderr: "",
		stdout: expect.stringContaining(`: passed · ${delivered} delivered, 0 failed, 0 skipped\n`),
	});

	it.each([20, MANY])("sends %i webhooks of one event", async (count) => {
		const server = await startServer({ status: 200 });
		const config = Array.from({ length: count }, (_, n) => webhook(`${server.url}/${n}`, "", `h${n}`)).join("");
		expect(await fire(["pipeline_start"], { "pipeline-hooks.toml": config })).toMatchObject(passed(count));
		expect(new Set(server.requests.map(({ path }) => path)).size).toBe(count);
	});

	it.each([
		["each", "", MANY],
		["in batches", "batch_size = 3", MANY / 3],
	])("sends the events of a file, %s", async (_, more, deliveries) => {
		const server = await startServer({ status: 200 });
		const files = { "pipeline-hooks.toml": webhook(server.url, more) };
		expect(await fire(["--events-file", "events.jsonl"], files)).toMatchObject(passed(deliveries));
		expect(server.requests.length).toBe(deliveries);
	});

	it.skipIf(withoutNats)(
		"publishes the events of a file on NATS, and keeps its records there (needs nats-server)",
		async () => {
			const nats = await startNats();
			const stored = await makeStream(await connectTo(nats), ["ci.>"]);
			const store = `[store]\nkind = "nats"\nurl = "${nats.url}"\n`;
			const files = { "pipeline-hooks.toml": webhook(`${nats.url}/ci.events`) + store };
			expect(await fire(["--events-file", "events.jsonl"], files)).toMatchObject(passed(MANY));
			expect((await stored()).length).toBe(MANY);
			const records = good(await openNatsRecords(nats.url));
			onTestFinished(() => records.close());
			expect(good(await records.list({ states: ["delivered"] })).records.length).toBe(MANY);
		},
	);

	it("makes a page of messages", async () => {
		const folder = workspace({
			"pipeline-hooks.toml": '[hook.webhooks.pipeline_start]\nurl = "https://example.com"\npreset = "teams"\n',
		});
		const run: typeof runProgram = (_program, all, options) => runProgram(node, all, options);
		const args = ["render", "pipeline_start", "--html", "page.html"];
		expect(await runCommand(args, { workspace: folder, run })).toMatchObject({ code: 0, stderr: "" });
		expect(readFileSync(join(folder, "page.html"), "utf8")).toContain('<div class="message teams">');
	});

	it("holds events over steps with SQLite, and sends each by itself without, which is said", async () => {
		const server = await startServer({ status: 200 });
		const folder = workspace({ "pipeline-hooks.toml": webhook(server.url, "batch_size = 5") });
		const run: typeof runProgram = (_program, all, options) => runProgram(node, all, options);
		const env = { TMPDIR: workspace() };
		const ended = [];
		for (const args of [["fire", "pipeline_start"], ["fire", "pipeline_start"], ["flush"]]) {
			ended.push(await runCommand(args, { workspace: folder, run, env }));
		}
		const hasSqlite = Number.parseInt(version.slice(1), 10) >= 22;
		const said = hasSqlite ? "" : expect.stringContaining(`needs Node 22.13 or later, and this is ${version}`);
		expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
			[0, said],
			[0, said],
			[0, ""],
		]);
		expect(server.requests.map(({ body }) => JSON.parse(body).events.length)).toEqual(hasSqlite ? [2] : [1, 1]);
	});

	describe.skipIf(withoutTinyproxy)("through Debian's tinyproxy (needs tinyproxy)", () => {
		it("sends plain http", async () => {
			const proxy = await startTinyproxy();
			const server = await startServer({ status: 200 });
			const url = behindProxy(server.url);
			const files = { "pipeline-hooks.toml": webhook(url, "allow_http = true") };
			const env = { http_proxy: proxy.url };
			expect(await fire(["--events-file", "events.jsonl"], files, { env })).toMatchObject(passed(MANY));
			expect(server.requests.length).toBe(MANY);
			expect(new Set(proxy.asked())).toEqual(new Set([`POST ${url}/`]));
		});

		it("sends https, through tunnels", async () => {
			const proxy = await startTinyproxy();
			const ca = authority();
			let received = 0;
			const server = createHttpsServer(ca.issue(`DNS:${RECEIVER}`), (request, response) => {
				request.resume().once("end", () => response.end());
				received += 1;
			});
			await listening(server, async (port) => {
				const files = {
					"ca.pem": ca.cert,
					"pipeline-hooks.toml": webhook(`https://${RECEIVER}:${port}`, 'ca_file = "ca.pem"'),
				};
				const env = { https_proxy: proxy.url };
				expect(await fire(["--events-file", "events.jsonl"], files, { env })).toMatchObject(passed(MANY));
				expect(new Set(proxy.asked())).toEqual(new Set([`CONNECT ${RECEIVER}:${port}`]));
			});
			expect(received).toBe(MANY);
		});
	});
});
