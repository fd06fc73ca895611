// A receiver that is down and up again, behind a store: what arrives, what does not, and what a run says where the store fails.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, vi } from "vitest";
import { nodes } from "../helpers/nodes.ts";
import { runAction, runCommand, runProgram, workspace } from "../helpers/runner.ts";
import { type Received, type Reply, startServer } from "../helpers/server.ts";
import { unprivileged } from "../helpers/unprivileged.ts";

vi.setConfig({ testTimeout: 60_000 });

const EVENTS = ["pipeline_start", "pipeline_error", "pipeline_complete"];
const STORE = '[store]\nkind = "sqlite"\n';
const FILE = ".pipeline-hooks/state.db";

/** A hook for all events of a pipeline, with one attempt a run. */
function hook(url: string, more = "", name = "audit"): string {
	return `[[subscription]]\nname = "${name}"\nevents = ["pipeline_*"]\nurl = "${url}"\nretry_count = 0\n${more}\n`;
}

/** A folder with a config, and the command in it. */
function project(config: string) {
	const folder = workspace({ "pipeline-hooks.toml": config });
	return { folder, run: (...args: readonly string[]) => runCommand(args, { workspace: folder }) };
}

/** A receiver that is down until it is told otherwise. */
async function receiver() {
	let reply: Reply = { status: 503 };
	const taken: Received[] = [];
	const server = await startServer((request, response) => {
		const given = reply;
		if (typeof given === "function") return given(request, response);
		if (given.status < 300) taken.push(server.requests.at(-1) ?? fail());
		response.writeHead(given.status, given.headers).end(given.body);
	});
	const fail = (): never => {
		throw new Error("no request");
	};
	return {
		url: server.url,
		requests: server.requests,
		/** Those that were answered with a 2xx. */
		taken,
		give: (given: Reply) => {
			reply = given;
		},
	};
}

const idOf = ({ headers }: Received) => headers["x-rocky-delivery"] ?? "";
/** The state of each record, by id. */
function statesIn(folder: string): Readonly<Record<string, string>> {
	const database = new DatabaseSync(join(folder, FILE), { readOnly: true });
	const rows = database.prepare("SELECT id, state FROM deliveries ORDER BY seq").all();
	database.close();
	return Object.fromEntries(rows.map(({ id, state }) => [String(id), String(state)]));
}
function inDatabase(folder: string, sql: string): void {
	const database = new DatabaseSync(join(folder, FILE));
	database.exec(sql);
	database.close();
}

it("every message arrives once under its own id when its receiver is up again", async () => {
	const there = await receiver();
	const { folder, run } = project(STORE + hook(there.url));
	for (const event of EVENTS) {
		const { code, stdout } = await run("fire", event);
		expect(code).toBe(0);
		expect(stdout).toMatch(/503 Service Unavailable; tried again by `redeliver` from \d{4}-\d\d-\d\dT[\d:]+Z on/);
	}
	const ids = there.requests.map(idOf);
	expect((await run("redeliver")).stdout).toContain("nothing is due now");
	expect(there.requests.length).toBe(3);
	inDatabase(folder, "UPDATE deliveries SET due = 0, body = json_set(body, '$.due', 0)");
	there.give({ status: 200 });
	const { code, stdout } = await run("redeliver");
	expect([code, stdout]).toEqual([0, expect.stringContaining("stored messages: passed · 3 delivered, 0 failed")]);
	await run("redeliver", "--all");
	expect(there.taken.map(idOf)).toEqual(ids);
	expect(statesIn(folder)).toEqual(Object.fromEntries(ids.map((id) => [id, "delivered"])));
});

it("a redelivery that is killed twenty times loses nothing, and repeats only under the same id", async () => {
	const there = await receiver();
	const { folder, run } = project(STORE + hook(there.url));
	const lines = Array.from({ length: 60 }, (_, n) => JSON.stringify({ event: "pipeline_start", id: `e${n}` }));
	writeFileSync(join(folder, "events.jsonl"), lines.join("\n"));
	await run("fire", "--events-file", "events.jsonl");
	const ids = new Set(Object.keys(statesIn(folder)));
	expect(ids.size).toBe(60);
	for (let round = 0; round < 20; round++) {
		// Nobody waits here until the claims of the dead are over.
		inDatabase(folder, "UPDATE deliveries SET claimed_until = NULL");
		const stop = 1 + (round % 3);
		let left = stop;
		let kill = () => {};
		there.give((_request, response) => {
			if (--left < 0) return;
			if (left === 0) setTimeout(kill, round % 4);
			there.taken.push(there.requests.at(-1) ?? { method: "", path: "", headers: {}, body: "", raw: Buffer.alloc(0) });
			response.writeHead(200).end();
		});
		const { signal } = await runCommand(["redeliver", "--all"], {
			workspace: folder,
			started: (pid) => {
				kill = () => {
					try {
						process.kill(pid, "SIGKILL");
					} catch {
						// It has ended by itself.
					}
				};
			},
		});
		if (signal === null) break;
	}
	inDatabase(folder, "UPDATE deliveries SET claimed_until = NULL");
	there.give({ status: 200 });
	await run("redeliver", "--all");
	expect(new Set(there.taken.map(idOf))).toEqual(ids);
	expect(new Set(Object.values(statesIn(folder)))).toEqual(new Set(["delivered"]));
});

it("a step that is cancelled stores what it has cut off", async () => {
	const there = await receiver();
	const { folder, run } = project(
		`${STORE}[defaults]\nconcurrency = 1\n${hook(there.url)}${hook(`${there.url}/second`, "", "second")}`,
	);
	there.give(() => {});
	let isCancelled: Promise<unknown> | undefined;
	const { stdout } = await runAction({
		inputs: { event: "pipeline_error" },
		workspace: folder,
		started: (pid) => {
			const hasBegun = expect.poll(() => there.requests.length, { timeout: 20_000 }).toBe(1);
			isCancelled = hasBegun.then(() => process.kill(pid, "SIGINT"));
		},
	});
	await isCancelled;
	expect(stdout).toContain("cancelled");
	expect(Object.values(statesIn(folder))).toEqual(["waiting", "waiting"]);
	there.give({ status: 200 });
	await run("redeliver", "--all");
	expect(new Set(there.taken.map(idOf))).toEqual(new Set(Object.keys(statesIn(folder))));
	expect(there.taken.length).toBe(2);
});

it("an alert that was resolved meanwhile is never opened again, by whichever hook", async () => {
	const alerts = new Map<string, string>();
	const there = await receiver();
	const up: Reply = (_request, response) => {
		const { dedup_key: key, event_action: action } = JSON.parse(there.requests.at(-1)?.body ?? "");
		alerts.set(key, action);
		response.writeHead(202).end("{}");
	};
	const pager = (name: string, event: string) =>
		`[[hook.webhooks.${event}]]\nname = "${name}"\npreset = "pagerduty"\nurl = "${there.url}"\nretry_count = 0\n` +
		`routing_key = "R0000000000000000000000000000001"\n`;
	const { folder, run } = project(STORE + pager("open", "pipeline_error") + pager("end", "pipeline_complete"));
	await run("fire", "pipeline_error", "--pipeline", "nightly");
	await run("fire", "pipeline_error", "--pipeline", "hourly");
	there.give(up);
	await run("fire", "pipeline_complete", "--pipeline", "nightly");
	const { code } = await run("redeliver", "--all");
	expect(code).toBe(0);
	expect([...alerts.values()]).toEqual(["resolve", "trigger"]);
	expect(Object.values(statesIn(folder)).toSorted()).toEqual(["delivered", "delivered", "superseded"]);
});

describe("a receiver's answer", () => {
	it.each([
		["410 Gone", { status: 410 }, "410 Gone"],
		["webhook-delivery: disable", { status: 500, headers: { "webhook-delivery": "disable" } }, "its response says"],
	] as const)("%s switches the hook off until it is enabled", async (_, reply, why) => {
		const there = await receiver();
		const { folder, run } = project(STORE + hook(there.url));
		there.give(reply);
		const first = await run("fire", "pipeline_error");
		expect(first.stdout + first.stderr).toContain(`audit is switched off by its receiver (${why}`);
		there.give({ status: 200 });
		const second = await run("fire", "pipeline_complete");
		expect(second.stdout).toContain("switched off by its receiver");
		await run("redeliver", "--all");
		expect([there.taken.length, Object.values(statesIn(folder))]).toEqual([0, ["waiting", "waiting"]]);
		expect((await run("enable", "audit")).code).toBe(0);
		await run("redeliver", "--all");
		expect(there.taken.length).toBe(2);
	});

	it("webhook-delivery: abort-message ends the message", async () => {
		const there = await receiver();
		const { folder, run } = project(STORE + hook(there.url));
		there.give({ status: 503, headers: { "webhook-delivery": "abort-message" } });
		const { stdout } = await run("fire", "pipeline_error");
		expect(stdout).toContain("503 Service Unavailable; the receiver says webhook-delivery: abort-message");
		expect(Object.values(statesIn(folder))).toEqual(["failed"]);
	});
});

describe("a store that cannot be used ends no step", () => {
	const spoiled: Readonly<Record<string, readonly [spoil: (folder: string) => void, why: RegExp]>> = {
		"a file that is no database": [
			(folder) => {
				mkdirSync(join(folder, ".pipeline-hooks"), { mode: 0o700 });
				writeFileSync(join(folder, FILE), "x".repeat(5000), { mode: 0o600 });
			},
			/state\.db: file is not a database/,
		],
		"a folder that is a file": [
			(folder) => writeFileSync(join(folder, ".pipeline-hooks"), ""),
			/\.pipeline-hooks is not a folder/,
		],
		"a file of a newer version": [
			(folder) => {
				mkdirSync(join(folder, ".pipeline-hooks"), { mode: 0o700 });
				writeFileSync(join(folder, FILE), "", { mode: 0o600 });
				const database = new DatabaseSync(join(folder, FILE));
				database.exec("PRAGMA user_version = 99");
				database.close();
			},
			/state\.db: its version is 99/,
		],
	};

	it.each(Object.entries(spoiled))("%s", async (_, [spoil, why]) => {
		const there = await receiver();
		const { folder } = project(STORE + hook(there.url) + hook(`${there.url}/other`, "", "other"));
		spoil(folder);
		const run = await runAction({ inputs: { event: "pipeline_error" }, workspace: folder });
		expect(run.code).toBe(0);
		expect(there.requests.length).toBe(2);
		const said = run.annotations.filter(({ message }) => why.test(message));
		expect(said.length).toBe(1);
		expect(run.stdout).not.toContain("tried again by `redeliver`");
		there.give({ status: 200 });
		expect((await runAction({ inputs: { event: "pipeline_error" }, workspace: folder })).code).toBe(0);
		expect(there.taken.length).toBe(2);
	});

	it("a folder that may only be read", async () => {
		const there = await receiver();
		const { folder } = project(STORE + hook(there.url));
		chmodSync(folder, 0o755);
		const { code, stdout, stderr } = await unprivileged(() =>
			runCommand(["fire", "pipeline_error"], { workspace: folder }),
		);
		expect([code, there.requests.length]).toEqual([0, 1]);
		expect(stdout + stderr).toMatch(/state\.db: EACCES: permission denied/);
	});

	it("a disk that takes no more", async () => {
		const there = await receiver();
		const { folder } = project(STORE + hook(there.url));
		const full: typeof runProgram = (program, args, given) =>
			runProgram("/bin/sh", ["-c", 'ulimit -f 0; exec "$0" "$@"', program, ...args], given);
		const { code, stdout, stderr } = await runCommand(["fire", "pipeline_error"], { workspace: folder, run: full });
		expect(code).toBe(0);
		expect(there.requests.length).toBe(1);
		expect(stdout + stderr).toMatch(/state\.db: (disk I\/O error|database or disk is full)/);
	});

	it.each(
		nodes()
			.filter(({ version }) => /^v(20|21)\./.test(version))
			.map(({ version, path }) => [version, path]),
	)("Node %s", async (version, node) => {
		const there = await receiver();
		there.give({ status: 200 });
		const { folder } = project(STORE + hook(there.url));
		const old: typeof runProgram = (_program, args, given) => runProgram(node ?? "", args, given);
		const ran = await runCommand(["fire", "pipeline_error"], { workspace: folder, run: old });
		expect(ran.code).toBe(0);
		expect(there.taken.length).toBe(1);
		expect(ran.stdout + ran.stderr).toContain(`the store needs Node 22.13 or later, and this is ${version}`);
	});
});

it("what is only shown or tried out, a gate and a shell hook are never on record", async () => {
	const there = await receiver();
	const gate = `[[hook.webhooks.pipeline_error]]\nname = "gate"\nurl = "${there.url}"\non_failure = "abort"\nretry_count = 0\n`;
	const shell = '[[hook.pipeline_complete]]\nname = "shell"\ncommand = "exit 1"\n';
	const { folder, run } = project(STORE + hook(there.url).replace("pipeline_*", "pipeline_start") + gate + shell);
	await run("fire", "pipeline_start", "--dry-run");
	await run("fire", "pipeline_start", "--hook", "audit");
	await run("test", "pipeline_start", "--yes");
	await run("fire", "pipeline_error");
	await run("fire", "pipeline_complete");
	expect(there.requests.length).toBeGreaterThanOrEqual(2);
	expect(existsSync(join(folder, FILE)) ? statesIn(folder) : {}).toEqual({});
	await run("fire", "pipeline_start");
	expect(Object.values(statesIn(folder))).toEqual(["waiting"]);
});

it("a run without a store writes nothing, and needs no code for it", async () => {
	const there = await receiver();
	const dist = workspace();
	cpSync(join(import.meta.dirname, "../../dist"), dist, { recursive: true });
	rmSync(join(dist, "records"), { recursive: true });
	const { folder } = project(hook(there.url));
	const script = join(dist, "action/index.js");
	const run = await runAction({ inputs: { event: "pipeline_error" }, workspace: folder, script });
	expect(run.annotations.map(({ message }) => message)).toEqual([expect.stringContaining("503 Service Unavailable")]);
	expect(readdirSync(folder)).toEqual(["pipeline-hooks.toml"]);
	const stored = project(STORE + hook(there.url)).folder;
	const without = await runAction({ inputs: { event: "pipeline_error" }, workspace: stored, script });
	expect(without.code).toBe(0);
	expect(without.annotations.map(({ message }) => message).join("\n")).toContain("cannot load dist/records");
	expect(existsSync(join(stored, ".pipeline-hooks"))).toBe(false);
});

it.each([
	["redeliver", "--store", "results", /nothing can be sent from the store `results`/],
	["redeliver", "--hook", "none", /no hook in pipeline-hooks\.toml is named "none"/],
	["redeliver", "--store", "none", /there is no store/],
	["work", "--store", "none", /there is no store/],
	["work", "--store", "results", /nothing can be sent from the store `results`/],
])("%s %s %s ends at once, and says why", async (command, flag, value, why) => {
	const { run } = project(`${STORE}${hook("http://127.0.0.1:9/")}`);
	const ended = await run(command, flag, value);
	expect(ended.code).toBe(2);
	expect(ended.stderr).toMatch(why);
});

it("what is only left for another run says where it is, unless that is what was asked for", async () => {
	const { run } = project(hook("http://127.0.0.1:9/"));
	const told = /1 message not kept: --json writes what another run can store/;
	expect((await run("fire", "pipeline_error", "--store", "results")).stderr).toMatch(told);
	const { stdout, stderr } = await run("fire", "pipeline_error", "--store", "results", "--json");
	expect(JSON.parse(stdout).undelivered.length).toBe(1);
	expect(stderr).not.toMatch(told);
});

it("what is stored leads to webhooks when it is delivered, and to no command", async () => {
	const there = await receiver();
	const more = 'then = ["after", "deploy"]';
	const { folder, run } = project(`${STORE}${hook(there.url, more)}
[hook.webhooks.ping]
name = "after"
url = "${there.url}"
[hook.state_synced]
name = "deploy"
command = "touch ran"
`);
	await run("fire", "pipeline_error");
	there.give({ status: 200 });
	await run("redeliver", "--all");
	expect(there.taken.length).toBe(2);
	expect(existsSync(join(folder, "ran"))).toBe(false);
});

it("two projects that share a store have each their own", async () => {
	const [there, other] = [await receiver(), await receiver()];
	const [one, two] = [project(hook(there.url)), project(hook(other.url))];
	const store = ["--store", join(one.folder, "shared", "state.db")];
	await one.run("fire", "pipeline_error", ...store);
	await two.run("fire", "pipeline_error", ...store);
	for (const each of [there, other]) each.give({ status: 200 });
	const { stdout } = await two.run("redeliver", "--all", ...store);
	expect([there.taken.length, other.taken.length]).toEqual([0, 1]);
	expect(stdout).toContain("1 stored message kept for audit: it belongs to another project or config file");
	await one.run("redeliver", "--all", ...store);
	expect([there.taken.length, other.taken.length]).toEqual([1, 1]);
});
