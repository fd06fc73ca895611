// Batches over the steps of a job and in one process, through the built action and command against a real server.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkSignature } from "../../src/signature/verify.ts";
import { type Body, configIn, heldIn, hook, inStore, OK, SECRET, setUp, storesIn } from "../helpers/batches.ts";
import { runAction, runCommand } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";
import { type Reply, startServer } from "../helpers/server.ts";

describe("over the steps of a job", () => {
	it("three steps and a final event after a first 503 are one batch, in order, with one delivery id", async () => {
		const { server, temp, step, sent, bodies } = await setUp(hook, { status: 503 }, OK);
		const runs = [await step("pipeline_start"), await step("after_materialize"), await step("check_result")];
		for (const [index, { outputs, code, log, annotations }] of runs.entries()) {
			expect([outputs["result"], outputs["held"], outputs["delivered"], code]).toEqual(["passed", "1", "0", 0]);
			expect(log).toContain(
				`audit → http://127.0.0.1:${new URL(server.url).port}/… · held: ${index + 1} of 5 events, sent when there are ` +
					"enough, with pipeline_complete or pipeline_error, or by `flush`",
			);
			expect(annotations).toEqual([]);
		}
		expect(server.requests).toEqual([]);
		const last = await step("pipeline_complete");
		expect(last.outputs).toMatchObject({ result: "passed", held: "0", delivered: "1" });
		expect(last.results).toMatchObject({ results: [{ hook: "audit", status: "delivered", events: 4, attempts: 2 }] });
		const events = ["pipeline_start", "after_materialize", "check_result", "pipeline_complete"];
		expect(sent()).toEqual([events, events]);
		expect(bodies()[0]?.events.map(({ id }) => id)).toEqual([...runs, last].map(({ outputs }) => outputs["event-id"]));
		const headers = server.requests.map((request) => request.headers);
		expect(new Set(headers.map((given) => given["x-rocky-delivery"])).size).toBe(1);
		expect(headers.map((given) => given["x-rocky-event"])).toEqual(["batch", "batch"]);
		for (const request of server.requests) {
			expect(checkSignature({ body: request.raw, headers: request.headers, secret: SECRET })).toBe("valid");
		}
		expect(heldIn(temp)).toEqual([]);
	});

	it("a batch is sent by the step that fills it", async () => {
		const { step, sent } = await setUp((url) => hook(url).replace("batch_size = 5", "batch_size = 2"), OK);
		await step("pipeline_start");
		expect((await step("check_result")).outputs).toMatchObject({ delivered: "1", held: "0" });
		await step("after_checks");
		expect(sent()).toEqual([["pipeline_start", "check_result"]]);
	});

	it("batches of events with the same ids are told apart: what was sent is forgotten, what failed is kept", async () => {
		const small = (url: string) =>
			`${hook(url).replace("batch_size = 5", "batch_size = 2")}[defaults]\nconcurrency = 1\n`;
		const failure = { status: 400 };
		const { server, folder, env, flush } = await setUp(small, failure, failure, OK, failure, OK);
		for (const model of ["a", "b", "c", "d"]) {
			const inputs = { event: "check_result", model, context: '{"id":"same"}' };
			await runAction({ inputs, workspace: folder, env });
		}
		await flush();
		await flush();
		const models = server.requests.map(({ body }) => [...body.matchAll(/"model":"(\w)"/g)].map(([, model]) => model));
		const [first, second] = [
			["a", "b"],
			["c", "d"],
		];
		expect(models).toEqual([first, second, first, second, second]);
		expect(heldIn(env.RUNNER_TEMP)).toEqual([]);
	});

	it("a hook that the final event does not meet sends what it holds all the same", async () => {
		const { step, sent } = await setUp((url) => hook(url).replace('["*"]', '["check_result"]'), OK);
		await step("check_result");
		expect((await step("pipeline_error")).outputs).toMatchObject({ result: "passed", delivered: "1" });
		expect(sent()).toEqual([["check_result"]]);
	});

	it("a step whose input asks for it sends what is held, and fires nothing", async () => {
		const { server, folder, env, step, sent } = await setUp(hook, { status: 400 }, OK);
		const flush = () => runAction({ inputs: { flush: "true" }, workspace: folder, env });
		await step("pipeline_start");
		await step("check_result");
		const failed = await flush();
		expect([failed.code, failed.outputs["result"], failed.annotations.length]).toEqual([0, "warned", 1]);
		const { code, outputs, summary, results } = await flush();
		expect(code).toBe(0);
		expect(outputs).toMatchObject({ result: "passed", delivered: "1", held: "0", "event-id": "" });
		expect(results).toMatchObject({ event: "", results: [{ hook: "audit", status: "delivered", events: 2 }] });
		expect(summary).toContain("### ✅ 1 delivery succeeded\n\nHeld batches: 1 delivered, 0 failed, 0 skipped.");
		const events = ["pipeline_start", "check_result"];
		expect(sent()).toEqual([events, events]);
		const again = await flush();
		expect([again.code, again.outputs["result"], again.annotations]).toEqual([0, "skipped", []]);
		expect(again.log).toContain("nothing is held");
		expect(again.summary).toContain("Nothing is held.");
		expect(server.requests).toHaveLength(2);
	});

	it("nothing is sent with a final event that a gate has stopped, and it is held on", async () => {
		const gate = '[[hook.pipeline_complete]]\ncommand = "false"\non_failure = "abort"\n';
		const { step, sent, flush } = await setUp((url) => gate + hook(url), OK);
		await step("check_result");
		expect((await step("pipeline_complete")).outputs["result"]).toBe("aborted");
		expect(sent()).toEqual([]);
		await flush();
		expect(sent()).toEqual([["check_result"]]);
	});

	it("fault 42: of two batches, a flush sends again only the one that failed, unchanged and with the same id", async () => {
		const two = (url: string) => `${hook(`${url}/a`)}${hook(`${url}/b`).replace('"audit"', '"other"')}`;
		const byPath: Reply = (request, response) => {
			const fails = request.url === "/b" && !isMended;
			response.writeHead(fails ? 400 : 200).end();
		};
		let isMended = false;
		const { server, step, flush, temp } = await setUp(two, byPath);
		await step("check_result");
		const last = await step("pipeline_complete");
		expect(last.outputs).toMatchObject({ result: "warned", delivered: "1", failed: "1" });
		expect(last.annotations.map(({ message }) => message)).toEqual([
			"the webhook failed: 400 Bad Request; its 2 events stay held for `flush`",
		]);
		expect(heldIn(temp)).toHaveLength(2);
		isMended = true;
		const flushed = await flush();
		expect([flushed.code, flushed.stdout]).toEqual([
			0,
			expect.stringMatching(
				/^✓ other → .* · 2 events · 200 · .*\nheld batches: passed · 1 delivered, 0 failed, 0 skipped\n$/,
			),
		]);
		const requests = server.requests.map(({ path, body, headers }) => ({
			path,
			body,
			id: headers["x-rocky-delivery"],
		}));
		expect(requests.map(({ path }) => path).sort()).toEqual(["/a", "/b", "/b"]);
		const [first, again] = requests.filter(({ path }) => path === "/b");
		expect(again).toEqual(first);
		expect((await flush()).stdout).toBe("nothing is held\n");
	});

	it("what is held shows no secret, is for this user alone, and is not sent when someone has changed it", async () => {
		const { step, temp, sent } = await setUp(hook, OK);
		await step("pipeline_start", { INPUT_METADATA: `{"routing_key": "R0UT1NGKEY00"}` });
		await step("check_result");
		await step("after_checks");
		const [store = ""] = storesIn(temp);
		for (const name of readdirSync(join(store, ".."))) {
			expect(statSync(join(store, "..", name)).mode & 0o077).toBe(0);
			expect(readFileSync(join(store, "..", name), "latin1")).not.toMatch(/R0UT|check_result/);
		}
		inStore(temp, (database) => {
			database.exec("UPDATE items SET body = unhex(substr(hex(body), 3) || '00') WHERE seq = 2");
			database.exec("INSERT INTO items (id, owner, body) SELECT 'copy', owner, body FROM items WHERE seq = 1");
			return [];
		});
		expect(heldIn(temp)).toHaveLength(4);
		const last = await step("pipeline_complete");
		expect(sent()).toEqual([["pipeline_start", "after_checks", "pipeline_complete"]]);
		expect(last.outputs["result"]).toBe("passed");
		expect(last.annotations).toEqual([
			{
				kind: "warning",
				properties: expect.objectContaining({ file: "pipeline-hooks.toml", line: "2" }),
				message: "audit: 2 held events stay: changed since, or held with another URL or other secrets [not_held]",
			},
		]);
	});

	it("what was put there without the secrets of a hook further on in the chain is not sent, nor signed by that", async () => {
		const { server, step } = await setUp((url) => {
			const open = hook(url, 'then = ["further"]').replace('secret = "${HOOK_SECRET}"', "");
			const further = `[[subscription]]\nname = "further"\nurl = "${url}"\nthen = ["signed"]\n`;
			return `${open}${further}[[subscription]]\nname = "signed"\nurl = "${url}"\nsecret = "\${HOOK_SECRET}"\n`;
		}, OK);
		await step("check_result", { HOOK_SECRET: "guessed" });
		const last = await step("pipeline_complete");
		expect(last.annotations.map(({ message }) => message)).toEqual([
			"audit: 1 held event stays: changed since, or held with another URL or other secrets [not_held]",
		]);
		expect(server.requests).toHaveLength(3);
		for (const { body } of server.requests) expect(body).not.toContain("check_result");
	});

	it("a final event or flush without the variables, or with other values, loses nothing", async () => {
		const { step, flush, sent } = await setUp((url) => hook(url).replace('["*"]', '["check_result"]'), OK);
		await step("check_result");
		const without = await step("pipeline_complete", { HOOK_SECRET: "" });
		expect(without.annotations[0]?.message).toBe(
			"audit: its held events stay held: variable HOOK_SECRET is unset or empty; set it in the step's env [not_held]",
		);
		await step("check_result");
		const other = await flush({ HOOK_SECRET: "mistyped" });
		expect([other.code, other.stdout, other.stderr]).toEqual([
			0,
			"nothing was sent\n",
			expect.stringContaining("2 held events stay: changed since, or held with another URL"),
		]);
		await flush();
		expect(sent()).toEqual([["check_result", "check_result"]]);
	});

	it("a folder that others may write into is not used: each event goes out by itself, and that is said", async () => {
		const { step, temp, sent } = await setUp(hook, OK);
		await step("pipeline_start");
		for (const name of readdirSync(temp, { recursive: true, encoding: "utf8" })) {
			if (statSync(join(temp, name)).isDirectory()) chmodSync(join(temp, name), 0o777);
		}
		const { annotations, outputs } = await step("check_result");
		expect(annotations.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^audit: an event could not be held, and is sent by itself: others may write into .*$/),
		]);
		expect([outputs["delivered"], sent()]).toEqual(["1", [["check_result"]]]);
	});

	it("a store that cannot be used is named and left as it is, and each event goes out by itself", async () => {
		const { step, temp, flush, sent } = await setUp(hook, OK);
		await step("pipeline_start");
		const [file = ""] = storesIn(temp);
		writeFileSync(file, "not a database");
		const why = `${file}: file is not a database; delete it to begin anew, or name another file`;
		for (const event of ["check_result", "pipeline_complete"]) {
			const { annotations, outputs } = await step(event);
			expect([outputs["result"], outputs["delivered"]]).toEqual(["passed", "1"]);
			expect(annotations.map(({ message }) => message)).toEqual([
				`audit: an event could not be held, and is sent by itself: ${why} [not_held]`,
			]);
		}
		expect(sent()).toEqual([["check_result"], ["pipeline_complete"]]);
		const flushed = await flush();
		expect([flushed.code, flushed.stdout]).toEqual([0, "nothing was sent\n"]);
		expect(flushed.stderr).toContain(`audit: held events stay: ${why}`);
		expect(readFileSync(file, "utf8")).toBe("not a database");
	});

	it("SQLite is loaded only where something is held", async () => {
		const { folder, temp } = await setUp(hook, OK);
		const preload = join(temp, "preload.cjs");
		const loaded = join(temp, "loaded");
		const list = "String(process.moduleLoadList.includes('NativeModule sqlite'))";
		writeFileSync(preload, `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(loaded)}, ${list}))`);
		const env = { HOOK_SECRET: SECRET, TMPDIR: temp, NODE_OPTIONS: `--require ${preload}` };
		const loads = async (...args: readonly string[]) => {
			expect((await runCommand(args, { workspace: folder, env })).code).toBe(0);
			return readFileSync(loaded, "utf8");
		};
		const batching = configIn(folder);
		writeFileSync(join(folder, "pipeline-hooks.toml"), batching.replace("batch_size = 5", ""));
		expect([await loads("fire", "pipeline_complete"), await loads("flush")]).toEqual(["false", "false"]);
		writeFileSync(join(folder, "pipeline-hooks.toml"), batching);
		expect([await loads("fire", "check_result"), await loads("flush")]).toEqual(["true", "true"]);
	});

	it("two events with one id of the user's own are both sent", async () => {
		const { step, sent, bodies } = await setUp(hook, OK);
		await step("check_result", { INPUT_CONTEXT: '{"id": "mine"}' });
		await step("pipeline_complete", { INPUT_CONTEXT: '{"id": "mine"}' });
		expect(sent()).toEqual([["check_result", "pipeline_complete"]]);
		expect(bodies()[0]?.events.map(({ id }) => id)).toEqual(["mine", "mine"]);
	});

	it("what its fallback delivered of a failed batch is not sent again, and the rest is", async () => {
		const url = (request: { readonly url?: string | undefined }) => request.url ?? "";
		let isMended = false;
		const byPath: Reply = (request, response) => {
			response.writeHead(url(request) === "/audit" && !isMended ? 400 : 200).end();
		};
		const config = (server: string) =>
			`${hook(`${server}/audit`, 'fallback = "pager"')}
[[subscription]]
name = "pager"
url = "${server}/pager"
filter = { include = ["status:failure"] }
`;
		const { server, step, flush, temp } = await setUp(config, byPath);
		await step("pipeline_start");
		await step("check_result", { INPUT_ERROR: "12 nulls in id" });
		await step("after_materialize");
		const last = await step("pipeline_complete");
		expect(last.annotations.map(({ message }) => message)).toEqual([
			"the webhook failed: 400 Bad Request; fallback pager delivered 1 of 4 events, and its filter excludes the others; " +
				"3 of its 4 events stay held for `flush`",
		]);
		expect(last.outputs).toMatchObject({ result: "warned", delivered: "0", failed: "1" });
		expect(heldIn(temp)).toHaveLength(3);
		isMended = true;
		expect((await flush()).stdout).toContain("1 delivered, 0 failed");
		const names = server.requests.map(({ path, body }) => {
			const { events, event }: Partial<Body> & { readonly event?: string } = JSON.parse(body);
			return [path, ...(events?.map((each) => each.event) ?? [event])];
		});
		expect(names).toEqual([
			["/audit", "pipeline_start", "check_result", "after_materialize", "pipeline_complete"],
			["/pager", "check_result"],
			["/audit", "pipeline_start", "after_materialize", "pipeline_complete"],
		]);
		expect(heldIn(temp)).toEqual([]);
	});

	it("a step that is killed while it sends leaves its batch for the next to send, with the same id", async () => {
		let killed: number | undefined;
		const killing: Reply = (_, response) => {
			if (killed === undefined) response.writeHead(200).end();
			else process.kill(killed, "SIGKILL");
		};
		const { server, step, env, folder } = await setUp(hook, killing);
		await step("check_result");
		const started = (pid: number) => {
			killed = pid;
		};
		await runAction({ inputs: { event: "pipeline_complete" }, workspace: folder, env, started });
		killed = undefined;
		expect((await step("pipeline_error")).outputs).toMatchObject({ delivered: "2" });
		const ids = server.requests.map(({ headers }) => headers["x-rocky-delivery"]);
		expect([ids.length, ids[0]]).toEqual([3, ids[1]]);
	});

	it("a hook whose variable is unset fails at once, and holds nothing", async () => {
		const { step, temp } = await setUp(hook, OK);
		const { outputs, annotations } = await step("check_result", { HOOK_SECRET: "" });
		expect([outputs["failed"], heldIn(temp)]).toEqual(["1", []]);
		expect(annotations[0]?.message).toContain("variable HOOK_SECRET is unset or empty");
	});

	it("a dry run shows the batch that would begin, and holds nothing", async () => {
		const { folder, env, temp } = await setUp(hook, OK);
		const inputs = { event: "check_result", "dry-run": "true" };
		const { log } = await runAction({ inputs, workspace: folder, env });
		expect(log).toMatch(/X-Rocky-Event: batch[\s\S]*\{\s*"events": \[\s*\{\s*"id": "evt_/);
		expect(heldIn(temp)).toEqual([]);
	});
});

it("a run that was found beside an event is held with it", async () => {
	const api = await startServer({ status: 200, body: '{"id": 7}', headers: { "content-type": "application/json" } });
	const { step, server } = await setUp((url) => hook(url, 'preset = "service_hook"'), OK);
	const token = { "INPUT_GITHUB-TOKEN": "ghs_token-of-the-run", GITHUB_API_URL: api.url };
	await step("job.started", token);
	await step("pipeline_complete", token);
	expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([[{ id: 7 }, { id: 7 }]]);
});

it("a batch is sent before it has more than a megabyte", async () => {
	const { folder, bodies, temp } = await setUp(hook, OK);
	writeFileSync(join(folder, "large.json"), JSON.stringify({ error: "x".repeat(450_000) }));
	const fire = () => {
		const args = ["fire", "check_result", "--context", "@large.json"];
		return runCommand(args, { workspace: folder, env: { HOOK_SECRET: SECRET, TMPDIR: temp } });
	};
	await fire();
	await fire();
	expect(bodies()).toEqual([]);
	expect((await fire()).stdout).toContain("1 delivered, 0 failed, 0 skipped, 1 held");
	expect(bodies().map(({ events }) => events.length)).toEqual([2]);
});

it("what a person fires in a folder is held there, and flushed there", async () => {
	const { folder, server, sent, temp } = await setUp(hook, OK);
	const env = { HOOK_SECRET: SECRET, TMPDIR: temp };
	const run = (...args: readonly string[]) => runCommand(args, { workspace: folder, env });
	expect((await run("fire", "check_result")).stdout).toContain(
		"check_result: passed · 0 delivered, 0 failed, 0 skipped, 1 held",
	);
	await run("fire", "check_result");
	expect((await cli(["flush"], hook(server.url), { env })).stdout).toBe("nothing is held\n");
	const { stdout, code } = await run("flush", "--json");
	expect(JSON.parse(stdout)).toMatchObject({
		result: "passed",
		event: "",
		results: [{ hook: "audit", status: "delivered", events: 2, attempts: 1 }],
	});
	expect([code, sent()]).toEqual([0, [["check_result", "check_result"]]]);
});

it("a flush that fails warns, and one that is cancelled or has no config does not end as if it had sent", async () => {
	const { folder, temp } = await setUp(hook, { status: 400 });
	const env = { HOOK_SECRET: SECRET, TMPDIR: temp };
	await runCommand(["fire", "check_result"], { workspace: folder, env });
	const failed = await runCommand(["flush"], { workspace: folder, env });
	expect([failed.code, failed.stdout]).toEqual([
		0,
		expect.stringContaining("held batches: warned · 0 delivered, 1 failed"),
	]);
	expect((await runCommand(["flush", "--config", "missing.toml"], { workspace: folder, env })).code).toBe(2);
});
