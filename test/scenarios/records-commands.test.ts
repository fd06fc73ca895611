// The commands over what is stored, as a person and a script use them: deliveries, status, enable, prune, and a plan.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { scopeOf } from "../../src/model/scope.ts";
import { openSqliteRecords } from "../../src/store/sqlite/records.ts";
import { gitIn } from "../helpers/git-records.ts";
import { CONFIG, DAY, HOUR, MINUTE, over, SECOND, store, stored, told } from "../helpers/ledger.ts";
import { blocks } from "../helpers/pages.ts";
import { runOnTerminal } from "../helpers/pty.ts";
import { good } from "../helpers/records.ts";
import { BASE_ENV, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const hook = (name: string, url: string, more = "") => `
[[hook.webhooks.pipeline_error]]
name = "${name}"
url = "${url}"
retry_count = 0
${more}
`;

/** A folder with these hooks, which send to nobody unless a URL is given, and a store. */
function place(hooks = [hook("tell", "http://127.0.0.1:9/"), hook("audit", "http://127.0.0.1:9/")]): string {
	return workspace({ [CONFIG]: `[store]\n${hooks.join("")}` });
}

const inFolder =
	(folder: string, env = {}) =>
	async (...args: readonly string[]) =>
		runCommand(args, { workspace: folder, env });

async function json(folder: string, ...args: readonly string[]) {
	const { stdout } = await runCommand([...args, "--json"], { workspace: folder });
	return JSON.parse(stdout);
}

/** `deliveries --follow`, until the end of the test. */
function following(folder: string, ...args: readonly string[]) {
	const command = join(import.meta.dirname, "../../dist/cli/index.js");
	const child = spawn(process.execPath, [command, "deliveries", "--follow", ...args], { cwd: folder, env: BASE_ENV });
	onTestFinished(() => void child.kill("SIGKILL"));
	return child;
}

const success = (age: number, ms = 20) => ({ at: Date.now() - age, ms, status: 200 });
describe("a receiver that is down, and then up again", () => {
	it("is seen while it is down, and its failure is cleared when it answers", async () => {
		const server = await startServer({ status: 503, body: "busy" }, { status: 200 });
		const folder = place([hook("tell", server.url)]);
		const run = inFolder(folder);
		await run("fire", "pipeline_error", "--error", "no disk", "--run-id", "run-7");

		const { deliveries } = await json(folder, "deliveries");
		expect(deliveries).toEqual([
			expect.objectContaining({
				hook: "tell",
				status: "waiting",
				event_names: ["pipeline_error"],
				run_id: "run-7",
				attempts: 1,
				http_status: 503,
				cause: "status",
				error: expect.stringContaining("503 Service Unavailable: busy"),
				next_attempt: expect.stringMatching(/^2.*Z$/),
			}),
		]);
		const [{ id }] = deliveries;
		expect(server.requests[0]?.headers["x-rocky-delivery"]).toBe(id);
		expect((await json(folder, "status")).hooks).toEqual([
			{
				hook: "tell",
				status: "awaitingRetry",
				deliveries: 1,
				waiting: 1,
				p50_ms: expect.any(Number),
				p95_ms: expect.any(Number),
				lastFailedAt: expect.any(Number),
				lastFailedStatusCode: 503,
				lastFailedReason: expect.stringContaining("503 Service Unavailable: busy"),
				nextAttempt: expect.any(Number),
			},
		]);

		const shown = await run("deliveries", "show", id.slice(0, 10));
		expect(shown).toMatchObject({ code: 0, stderr: "" });
		const [first, ...rest] = shown.stdout.split("\n");
		expect(first).toBe(id);
		expect(rest.join("\n")).toMatch(/\n {2}next attempt +2\S+Z \(in \d+[sm]\)\n/);
		expect(shown.stdout).toMatch(/\n2\S+Z {2}\d+ ms {2,}503 {3}status {2,}503 Service Unavailable: busy\n/);
		expect(shown.stdout).toMatch(/\npipeline_error {2}evt_\w+ {2}no disk\n/);
		expect(shown.stdout).toContain(`\`pipeline-hooks redeliver --id ${id}\` sends it at once\n`);

		expect(await run("redeliver", "--id", id.slice(0, 12))).toMatchObject({ code: 0 });
		expect((await json(folder, "status", "tell")).hooks).toEqual([
			{
				hook: "tell",
				status: "active",
				deliveries: 1,
				waiting: 0,
				success_rate: 1,
				p50_ms: expect.any(Number),
				p95_ms: expect.any(Number),
			},
		]);
		expect(await json(folder, "deliveries", "show", id)).toMatchObject({
			status: "delivered",
			attempts: 2,
			log: [{ http_status: 503, cause: "status" }, { http_status: 200 }],
			contexts: [{ event: "pipeline_error", error: "no disk", run_id: "run-7" }],
			what_now: `nothing; \`pipeline-hooks redeliver --id ${id}\` sends it once more`,
		});
	});

	it("is followed as it goes, a line for each that is new or has changed", async () => {
		const server = await startServer({ status: 503, body: "busy" }, { status: 200 });
		const folder = place([hook("tell", server.url)]);
		const child = following(folder);
		const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
		const run = inFolder(folder);
		await run("fire", "pipeline_error");
		expect((await lines.next()).value).toMatch(
			/^2\S+Z · dlv_\w{8} · tell · pipeline_error · waiting · 1 attempt: 503 .*; next/,
		);
		await run("redeliver", "--all");
		expect((await lines.next()).value).toMatch(/· tell · pipeline_error · delivered · 2 attempts$/);
		child.kill("SIGINT");
		expect(await once(child, "exit")).toEqual([0, null]);
	});
});

describe("on a terminal of 80 columns", () => {
	async function full() {
		const folder = place([
			hook("tell", "http://127.0.0.1:9/", "enabled = false"),
			hook("audit", "http://127.0.0.1:9/"),
			hook("page-the-on-call", "http://127.0.0.1:9/"),
		]);
		await store(
			folder,
			over("aaaaaaaa", 3 * DAY, { hook: "audit", state: "delivered", attempts: [success(3 * DAY)] }),
			over("bbbbbbbb", 5 * HOUR, { hook: "page-the-on-call", state: "retry_limit_reached" }),
			over("cccccccc", 3 * HOUR, { hook: "audit", state: "superseded", supersededBy: "dlv_dddddddd" }),
			over("dddddddd", 3 * MINUTE + SECOND, {
				hook: "audit",
				names: ["check_result", "pipeline_error"],
				state: "failed",
			}),
			told("eeeeeeee", MINUTE + SECOND, { due: Date.now() + 4 * HOUR + MINUTE }),
		);
		return folder;
	}

	it("deliveries reads well", async () => {
		const { stdout } = await runOnTerminal(["deliveries"], await full());
		expect(stdout).toBe(`ID            AGE  HOOK            EVENT           STATUS               ATTEMPTS
dlv_eeeeeeee  1m   tell            pipeline_error  waiting              1
  503 Service Unavailable: busy; next attempt in 4h
dlv_dddddddd  3m   audit           check_resu… +1  failed               1
  503 Service Unavailable: busy
dlv_cccccccc  3h   audit           pipeline_error  superseded           1
  503 Service Unavailable: busy; by dlv_dddddddd
dlv_bbbbbbbb  5h   page-the-on-c…  pipeline_error  retry_limit_reached  1
  503 Service Unavailable: busy
dlv_aaaaaaaa  3d   audit           pipeline_error  delivered            1
`);
	});

	it("status reads well", async () => {
		const { stdout } = await runOnTerminal(["status"], await full());
		expect(stdout).toBe(`HOOK              STATUS             DELIVERIES  SUCCESS  P50    P95
tell              disabled           1           –        12 ms  12 ms
  1m ago: 503 Service Unavailable: busy
audit             failed             3           50 %     12 ms  20 ms
  3m ago: 503 Service Unavailable: busy
page-the-on-call  retryLimitReached  1           0 %      12 ms  12 ms
  5h ago: 503 Service Unavailable: busy
`);
	});

	it("one delivery in full stays inside, but for the commands to copy", async () => {
		const { stdout } = await runOnTerminal(["deliveries", "show", "dlv_e"], await full());
		for (const line of stdout.split("\n"))
			if (!line.startsWith("what to do")) expect(line.length).toBeLessThanOrEqual(80);
		expect(stdout).toContain("what to do: enable tell in the config; then `pipeline-hooks redeliver --id");
	});
});

describe("deliveries", () => {
	it("are chosen by hook, event, status, run and time, and limited", async () => {
		const folder = place();
		await store(
			folder,
			over("a", 3 * HOUR, { hook: "audit", state: "delivered" }),
			over("b", 2 * HOUR, { names: ["check_result"], state: "failed" }),
			told("c", HOUR, { runId: "run-2" }),
		);
		const ids = async (...args: readonly string[]) => {
			const { deliveries } = await json(folder, "deliveries", ...args);
			return deliveries.map(({ id }: { id: string }) => id.slice(4, 5)).join("");
		};
		expect(await ids()).toBe("cba");
		expect(await ids("--hook", "audit")).toBe("a");
		expect(await ids("--event", "on_check_result")).toBe("b");
		expect(await ids("--status", "waiting", "--status", "delivered")).toBe("ca");
		expect(await ids("--run", "run-2")).toBe("c");
		expect(await ids("--since", "150m", "--until", "90m")).toBe("b");
		expect(await json(folder, "deliveries", "--limit", "2")).toMatchObject({ deliveries: { length: 2 }, more: true });
		const { stdout } = await inFolder(folder)("deliveries", "--limit", "1");
		expect(stdout).toMatch(/\ndlv_c\S* .*\nolder ones are not shown: --limit 5 shows more\n$/);
	});

	it("that do not exist are told from names that are written wrong", async () => {
		const folder = place([
			hook("tell", "http://127.0.0.1:9/"),
			hook("ask", "http://127.0.0.1:9/", 'on_failure = "abort"'),
		]);
		const run = inFolder(folder);
		const none = "no stored delivery matches";
		for (const [args, said] of [
			[["--run", "nobody"], none],
			[["--hook", "tell"], none],
			[["--hook", "tel"], `${none}; pipeline-hooks.toml has no hook "tel": did you mean "tell"?`],
			[["--hook", "ask"], `${none}; "ask" is a gate, and only webhooks other than gates are put on record`],
			[["--event", "pipeline_eror"], `${none}; no event is named "pipeline_eror": did you mean "pipeline_error"?`],
			[["--event", "qwertz"], `${none}; no event is named "qwertz": \`pipeline-hooks events\` lists the known ones`],
		] as const)
			expect(await run("deliveries", ...args)).toMatchObject({ code: 0, stdout: `${said}\n` });
		const lines = createInterface(following(folder, "--hook", "tel").stderr)[Symbol.asyncIterator]();
		expect((await lines.next()).value).toContain('did you mean "tell"?');
	});

	it("are found by how an id begins, where that is one", async () => {
		const folder = place();
		await store(folder, told("aa", HOUR), told("ab", HOUR));
		const run = inFolder(folder);
		expect(await run("deliveries", "show", "dlv_a")).toMatchObject({
			code: 2,
			stderr: expect.stringMatching(
				/^error\[input\]: several ids begin with "dlv_a"\n {2}→ give more of it, as in dlv_ab/,
			),
		});
		for (const args of [
			["deliveries", "show", "dlv_b"],
			["deliveries", "show", ""],
			["redeliver", "--id", "dlv_b"],
		]) {
			expect(await run(...args)).toMatchObject({
				code: 2,
				stderr: expect.stringContaining("no stored delivery has the id"),
			});
		}
		expect(await run("deliveries", "show", "dlv_aa")).toMatchObject({ code: 0 });
	});

	it("with any number of attempts and events are shown, with a count of those that are left out", async () => {
		const folder = place();
		const MANY = 130_000;
		const attempts = Array(MANY).fill({ at: Date.now(), ms: 1, cause: "status", reason: "busy" });
		await store(folder, told("a", HOUR, { attempts }), told("b", HOUR, { events: Array(MANY).fill("") }));
		const run = inFolder(folder);
		expect(await run("deliveries", "show", "dlv_a")).toMatchObject({
			code: 0,
			stdout: expect.stringContaining(`\n… and ${MANY - 100} earlier attempts\n`),
		});
		expect(await run("deliveries", "show", "dlv_b")).toMatchObject({
			code: 0,
			stdout: expect.stringContaining(`\n… and ${MANY - 1000} more events\n`),
		});
		expect(await json(folder, "deliveries", "show", "dlv_a")).toMatchObject({ attempts: MANY, log: { length: 100 } });
		expect(await json(folder, "deliveries", "show", "dlv_b")).toMatchObject({
			events: MANY,
			contexts: { length: 1000 },
		});
	});

	it("that are being sent say so, and until when if their process was killed", async () => {
		const folder = place();
		await store(folder, told("a", HOUR));
		const database = new DatabaseSync(join(folder, ".pipeline-hooks", "state.db"));
		database.prepare("UPDATE deliveries SET claimed_until = ?").run(Date.now() + 20 * MINUTE);
		database.close();
		const { stdout } = await inFolder(folder)("deliveries", "show", "dlv_a");
		expect(stdout).toMatch(
			/what to do: nothing, since it is being sent; if that process was killed, it is free in (19|20)m/,
		);
	});

	it("refuse flags that are wrong, all at once", async () => {
		const { code, stderr } = await inFolder(place())(
			"deliveries",
			"--status",
			"lost",
			"--limit",
			"0",
			"--since",
			"soon",
		);
		expect(code).toBe(2);
		expect(stderr.match(/^error\[usage\]: \S+/gm)).toEqual([
			"error[usage]: status:",
			"error[usage]: since:",
			"error[usage]: --limit:",
		]);
	});

	it("that somebody has written as something else are counted", async () => {
		const folder = place();
		await store(folder, told("a", HOUR), told("b", HOUR));
		const database = new DatabaseSync(join(folder, ".pipeline-hooks", "state.db"));
		database.exec("UPDATE deliveries SET body = '{}' WHERE id LIKE 'dlv_a%'");
		database.close();
		const { stdout } = await inFolder(folder)("deliveries");
		expect(stdout).toMatch(/^1 stored record cannot be read: `prune --unreadable` removes them\nID .*\ndlv_b/);
		const { stderr } = await inFolder(folder)("redeliver");
		expect(stderr).toContain("warning[unreadable_record]: pipeline-hooks.toml:1:1: 1 stored message cannot be read");
		const prune = (...more: readonly string[]) => inFolder(folder)("prune", "--unreadable", ...more);
		expect((await prune("--dry-run")).stdout).toContain("1 unreadable record would be removed");
		expect((await prune()).stdout).toBe("1 unreadable record removed\n");
		expect(JSON.parse((await prune("--json")).stdout)).toEqual({ found: 0, removed: 0 });
		expect((await inFolder(folder)("deliveries")).stdout).toMatch(/^ID .*\ndlv_b/);
	});

	it("of another config, or of a hook that is gone, say so", async () => {
		const folder = place();
		await store(folder, told("a", HOUR, { hook: "gone" }), told("b", HOUR, { scope: "another" }));
		const run = inFolder(folder);
		expect((await run("deliveries")).stdout).toMatch(/ gone .*\n|tell \(other\)/);
		expect((await run("deliveries", "show", "dlv_a")).stdout).toContain("the config no longer has the hook gone");
		expect((await run("deliveries", "show", "dlv_b")).stdout).toContain("it belongs to another project or config file");
		expect((await run("status")).stdout).toContain("2 more on record, of hooks");
	});
});

describe("status --check", () => {
	it("exits with 1 where a delivery was given up, and with 0 once it has arrived", async () => {
		const server = await startServer({ status: 200 });
		const folder = place([hook("tell", server.url)]);
		const run = inFolder(folder);
		expect(await run("status", "--check")).toMatchObject({ code: 0 });
		await store(folder, over("a", HOUR, { state: "retry_limit_reached" }), told("b", MINUTE));
		expect(await run("status", "--check")).toMatchObject({
			code: 1,
			stdout: expect.stringContaining("retryLimitReached"),
		});
		expect(await run("status")).toMatchObject({ code: 0 });
		await run("redeliver", "--all");
		expect(await run("status", "--check")).toMatchObject({ code: 0 });
	});

	it("says that a hook is muted, and so does what is on record for it", async () => {
		const folder = place();
		await store(folder, told("a", HOUR));
		const run = inFolder(folder, { PIPELINE_HOOKS_MUTE: "tell until 2096-12-01T08:00Z" });
		const muted = "muted until 2096-12-01T08:00Z by PIPELINE_HOOKS_MUTE";
		expect((await run("status")).stdout).toContain(`  ${muted}; 1h ago: 503 Service Unavailable: busy; due now\n`);
		expect((await run("deliveries", "show", "dlv_a")).stdout).toContain(
			`what to do: tell is ${muted}; after that \`pipe`,
		);
	});

	it("knows only webhooks other than gates", async () => {
		const folder = place([
			hook("tell", "http://127.0.0.1:9/"),
			hook("ask", "http://127.0.0.1:9/", 'on_failure = "abort"'),
		]);
		const run = inFolder(folder);
		expect((await json(folder, "status")).hooks.map((each: { hook: string }) => each.hook)).toEqual(["tell"]);
		expect((await run("status", "ask")).stderr).toContain('"ask" is a gate, and only webhooks other than gates');
		expect((await run("status", "tel")).stderr).toContain('did you mean "tell"?');
	});
});

it("a store of the repository leaves out what it cannot know", async () => {
	const repository = join(workspace(), "remote.git");
	gitIn("/", ["init", "-q", "--bare", repository]);
	const server = await startServer({ status: 503, body: "busy" });
	const config = `[store]\nkind = "git"\nurl = "${repository}"\n${hook("tell", server.url)}`;
	const folder = workspace({ [CONFIG]: config });
	const run = inFolder(folder);
	await run("fire", "pipeline_error");
	const { stdout } = await run("status");
	expect(stdout).toMatch(
		/^HOOK {2}STATUS {9}DELIVERIES {2}LAST FAILURE\ntell {2}awaitingRetry {2}1 .*503 .*next attempt in/,
	);
	expect(stdout).toMatch(/\nsuccess rates and times are not known: this store keeps only what failed for now\n$/);
	expect(await json(folder, "status")).toMatchObject({ keeps_all: false, hooks: [{ deliveries: 1, waiting: 1 }] });
	expect((await run("prune", "--older-than", "0s", "--all")).stdout).toBe("1 record removed\n");
	expect(gitIn(repository, ["for-each-ref"])).toBe("");
});

describe("where nothing is stored", () => {
	it.each([
		[["deliveries"], 0, "nothing is stored\n"],
		[["status"], 0, "nothing is stored\n"],
		[["prune"], 0, "0 ended records removed\n"],
		[["enable", "tell"], 0, "tell is not switched off in the store\n"],
		[["redeliver", "--dry-run"], 0, "nothing would be sent\ndry run: nothing was sent or changed\n"],
		[["deliveries", "show", "dlv_a"], 2, ""],
	])("%s says so, and leaves nothing behind", async (args, code, end) => {
		const folder = place();
		const ended = await inFolder(folder)(...args);
		expect(ended.code).toBe(code);
		expect(ended.stdout.endsWith(end)).toBe(true);
		expect(existsSync(join(folder, ".pipeline-hooks"))).toBe(false);
	});

	it("because there is no store, they say what to add", async () => {
		const folder = workspace({ [CONFIG]: hook("tell", "http://127.0.0.1:9/") });
		for (const args of [["deliveries"], ["status"], ["prune"], ["enable", "tell"], ["redeliver", "--dry-run"]]) {
			expect(await inFolder(folder)(...args)).toMatchObject({
				code: 2,
				stderr:
					"error[input]: there is no store\n  → add [store] to the config, or name one: --store, or the input store\n",
			});
		}
		expect(await inFolder(folder)("deliveries", "--store", ".state/other.db")).toMatchObject({ code: 0 });
	});

	it("because the store cannot be used, they say why", async () => {
		const config = `[store]\npath = "state.db"\n${hook("tell", "http://127.0.0.1:9/")}`;
		const folder = workspace({ [CONFIG]: config, "state.db": "x".repeat(5000) });
		for (const args of [["deliveries"], ["status", "--check"], ["prune"], ["redeliver", "--dry-run"]]) {
			const { code, stderr } = await inFolder(folder)(...args);
			expect([code, stderr]).toEqual([
				2,
				expect.stringMatching(/the store cannot be used: .*state\.db: file is not a database/),
			]);
		}
	});
});

describe("redeliver", () => {
	it("fails where what is due cannot be claimed, and says why", async () => {
		const folder = place();
		await store(folder, told("old", HOUR));
		const database = new DatabaseSync(join(folder, ".pipeline-hooks", "state.db"));
		database.exec(
			"CREATE TRIGGER full BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
		);
		database.close();
		const ended = await inFolder(folder)("redeliver");
		expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^stored messages: error · 0 delivered/) });
		expect(ended.stderr).toMatch(/^error\[input\]: stored messages are not sent: .*disk is full.*\n$/);
		expect(await json(folder, "redeliver")).toMatchObject({ result: "error" });
	});

	it("makes no store where there is none", async () => {
		const folder = place();
		expect(await inFolder(folder)("redeliver", "--store", "./typo.db")).toMatchObject({ code: 0 });
		expect(existsSync(join(folder, "typo.db"))).toBe(false);
	});

	it("says when what is not due will be", async () => {
		const folder = place();
		await store(folder, told("new", SECOND, { due: Date.UTC(2099, 0, 1) }));
		expect((await inFolder(folder)("redeliver", "--dry-run")).stdout).toBe(
			"nothing would be sent\n1 stored message waits for its time: the next is due at 2099-01-01T00:00:00Z\ndry run: nothing was sent or changed\n",
		);
	});
});

describe("enable", () => {
	it("switches on what a receiver has switched off, and says what waits and what would expire", async () => {
		const server = await startServer({ status: 410 }, { status: 200 });
		const folder = place([hook("tell", server.url)]);
		const run = inFolder(folder);
		await run("fire", "pipeline_error");
		await store(folder, told("old", 4 * DAY), told("new", HOUR));
		expect((await json(folder, "status")).hooks).toEqual([
			expect.objectContaining({ status: "disabled", disabled_reason: expect.stringContaining("410") }),
		]);
		expect((await run("status")).stdout).toMatch(/tell {2}disabled .*switched off by its receiver: .*410/);
		expect(await run("status", "--check")).toMatchObject({ code: 1 });
		expect((await run("deliveries", "show", "dlv_new")).stdout).toContain(
			"what to do: `pipeline-hooks enable tell` switches",
		);

		const enabled = await run("enable", "tell", "--config", CONFIG);
		expect(enabled).toMatchObject({ code: 0, stderr: "" });
		const [first, second, third] = enabled.stdout.split("\n");
		expect(first).toMatch(/^tell is switched on; it was off because of .*410/);
		expect(second).toBe(
			`3 stored messages for it: \`pipeline-hooks redeliver --hook tell --config ${CONFIG}\` sends what is due`,
		);
		expect(third).toBe(
			`1 of them older than its max_age, and would expire: \`pipeline-hooks redeliver --hook tell --all --config ${CONFIG}\` sends these too`,
		);
		expect(await run("enable", "tell")).toMatchObject({ stdout: expect.stringMatching(/^tell is not switched off/) });
		await run(...(third?.match(/`pipeline-hooks (.*)`/)?.[1]?.split(" ") ?? []));
		expect(server.requests.length).toBe(4);
		expect((await stored(folder)).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
	});

	it("switches it on for each repository whose messages a config without a checkout sends", async () => {
		const folder = place();
		await store(folder, told("new", HOUR));
		const records = good(openSqliteRecords(join(folder, ".pipeline-hooks", "state.db")));
		for (const repository of ["acme/ra", "acme/rb"]) {
			const scope = scopeOf({ file: CONFIG, workspace: folder, repository });
			await records.disable({ scope, hook: "tell", at: Date.now(), reason: "410 Gone" });
		}
		await records.close();
		const run = inFolder(folder);
		expect((await run("enable", "tell")).stdout).toMatch(/^tell is switched on; /);
		expect((await run("status")).stdout).not.toContain("disabled");
	});

	it("does not know a hook that the config does not have", async () => {
		const { code, stderr } = await inFolder(place())("enable", "auditt");
		expect([code, stderr]).toEqual([2, `error[input]: ${CONFIG} has no hook "auditt"\n  → did you mean "audit"?\n`]);
	});
});

describe("prune", () => {
	it("removes what has ended and is old, and with --all what waits too", async () => {
		const folder = place();
		await store(
			folder,
			over("a", 40 * DAY, { state: "delivered" }),
			told("b", 40 * DAY),
			over("c", 10 * DAY, { state: "failed" }),
		);
		const run = inFolder(folder);
		const ids = async () => (await stored(folder)).map(({ id }) => id.slice(4, 5)).join("");
		expect((await run("prune", "--dry-run")).stdout).toBe("1 ended record would be removed\n");
		expect(await ids()).toBe("abc");
		expect((await run("prune")).stdout).toBe("1 ended record removed\n");
		expect(await ids()).toBe("bc");
		expect(await json(folder, "prune", "--older-than", "7d")).toMatchObject({ found: 1, removed: 1 });
		expect(await ids()).toBe("b");
		expect((await run("prune", "--all")).stdout).toBe("1 record removed\n");
		expect(await ids()).toBe("");
	});
});

describe("redeliver --dry-run", () => {
	it("counts by hook what would be sent, expire or is superseded, says what is kept, and changes nothing", async () => {
		const server = await startServer({ status: 200 });
		const folder = place([
			hook("tell", server.url, "supersede = true"),
			hook("audit", `${server.url}/audit`),
			hook("off", server.url, "enabled = false"),
		]);
		await store(
			folder,
			told("older", 2 * HOUR, { key: "k" }),
			told("newer", HOUR, { key: "k" }),
			told("late", 4 * DAY),
			told("audit", HOUR, { hook: "audit" }),
			told("follows", MINUTE, { hook: "audit", due: Date.now() + HOUR }),
			told("off", HOUR, { hook: "off" }),
		);
		const before = await stored(folder);
		const run = inFolder(folder);
		const { code, stdout } = await run("redeliver", "--dry-run");
		expect([code, stdout]).toEqual([
			0,
			`HOOK   SEND  NOT DUE  EXPIRE  SUPERSEDED
audit  1     1        0       0
tell   1     0        1       1
what is not due is sent too, once its receiver has answered
superseded:
  – dlv_older000 (tell, pipeline_error, 2h old) by dlv_newer000 (tell, pipeline_error, 1h old)
kept:
  – 1 for off: it is disabled
dry run: nothing was sent or changed
`,
		]);
		expect(await json(folder, "redeliver", "--dry-run")).toMatchObject({
			dry_run: true,
			superseded: [{ id: before[1]?.id, by: before[2]?.id }],
			expire: [before[0]?.id],
			kept: [{ why: "off: it is disabled", deliveries: 1 }],
		});
		expect(await stored(folder)).toEqual(before);
		expect(server.requests).toEqual([]);

		await run("redeliver");
		expect(Object.fromEntries((await stored(folder)).map(({ id, state }) => [id.slice(4, 8), state]))).toEqual({
			late: "expired",
			olde: "superseded",
			newe: "delivered",
			audi: "delivered",
			foll: "delivered",
			off0: "waiting",
		});
	});

	it("cannot say what results files would add", async () => {
		const { code, stderr } = await inFolder(place())("redeliver", "--dry-run", "--results", "results.json");
		expect([code, stderr]).toEqual([2, expect.stringContaining("leave out --results, or --dry-run")]);
	});
});

describe("a redelivery shows how far it is", () => {
	async function three() {
		const server = await startServer({ status: 200 });
		const folder = place([hook("tell", server.url)]);
		await store(folder, told("a", 3 * HOUR), told("b", 2 * HOUR), told("c", HOUR));
		return folder;
	}

	it("on the last line of a terminal, which is empty in the end", async () => {
		const { code, stdout } = await runOnTerminal(["redeliver"], await three());
		expect(code).toBe(0);
		for (const done of [0, 1, 2, 3]) expect(stdout).toContain(`\r\u001b[2K${done} of 3`);
		// What is left to see: the last text of each line.
		const seen = stdout.split("\n").map((line) => line.split("\r\u001b[2K").at(-1));
		expect(seen).toEqual([
			...Array(3).fill(expect.stringMatching(/^✓ tell → /)),
			expect.stringMatching(/^stored messages: /),
			"",
		]);
	});

	it("nowhere else", async () => {
		const { stdout, stderr } = await runCommand(["redeliver"], { workspace: await three() });
		expect(`${stdout}${stderr}`).not.toContain(" of 3");
		expect(`${stdout}${stderr}`).not.toContain("\u001b");
	});
});

it("nothing that somebody has written into the store acts on a terminal or a runner, or shows a secret", async () => {
	const secret = "s3cr3t-s3cr3t-s3cr3t";
	const evil = (what: string) => `${what}\u001b]0;t\u0007\u001b[2J\n::error::${what}\r##[error]${what} \u202e${secret}`;
	const folder = place([
		hook("tell", "http://127.0.0.1:9/", 'secret = "${TOKEN}"'),
		hook("audit", "http://127.0.0.1:9/"),
	]);
	const attempts = [{ at: Date.now() - HOUR, ms: 1, cause: evil("cause"), reason: evil("reason") }];
	await store(
		folder,
		told(evil("aaaa"), HOUR, { names: [evil("name")], runId: evil("run"), attempts }),
		told("bbbb", HOUR, { hook: evil("hook"), scope: evil("scope"), attempts }),
		over("cccc", HOUR, { state: "superseded", supersededBy: evil("dlv"), attempts }),
	);
	const env = { TOKEN: secret, GITHUB_ACTIONS: "true" };
	for (const args of [
		["deliveries"],
		["status"],
		["deliveries", "show", "dlv_a"],
		["deliveries", "show", "dlv_b"],
		["deliveries", "show", "dlv_c"],
		["deliveries", "show", "dlv_"],
		["redeliver", "--dry-run"],
		["enable", "tell"],
	]) {
		for (const more of [[], ["--json"]]) {
			const { stdout, stderr } = await runCommand([...args, ...more], { workspace: folder, env });
			if (more.length > 0) expect(() => JSON.parse(stdout)).not.toThrow();
			const shown = `${stdout}\n${stderr}`;
			expect(shown).toMatch(/\S/);
			expect(shown).not.toContain(secret);
			for (const code of ["\u001b", "\u0007", "\u202e", "##[error]"]) expect(shown).not.toContain(code);
			expect(shown).not.toMatch(/^\s*::error::/m);
		}
	}
});

it("the commands of the page run as they stand", async () => {
	const server = await startServer({ status: 200 });
	const folder = place([hook("chat", server.url)]);
	await store(folder, told("4f1c2a", HOUR, { hook: "chat" }), over("b", HOUR, { hook: "chat", state: "delivered" }));
	const [commands = ""] = blocks("docs/records.md", "sh").filter((block) =>
		block.includes("pipeline-hooks deliveries"),
	);
	const lines = commands.split("\n").filter((line) => line.startsWith("pipeline-hooks "));
	expect(lines.length).toBeGreaterThanOrEqual(6);
	for (const line of lines) {
		const args = line.replace(/ *#.*/, "").split(/ +/).slice(1);
		expect(await runCommand(args, { workspace: folder })).toMatchObject({ code: 0, stderr: "" });
	}
});
