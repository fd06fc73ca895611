// The whole way of an event with fakes for the world: what only the order of its steps decides.
import { expect, test } from "vitest";
import type { Files, Ports } from "../../../src/ports.ts";
import type { Inputs } from "../../../src/run/inputs.ts";
import { fire } from "../../../src/run/run.ts";
import { answer, fakeClock, fakeHttp, fakeLog, fakeShell } from "../../helpers/fakes.ts";

const CONFIG = `
[[hook.webhooks.pipeline_start]]
name = "announce"
url = "https://example.com/hooks"

[[hook.pipeline_start]]
name = "log"
command = "cat"

[[hook.webhooks.pipeline_start]]
name = "freeze"
url = "https://example.com/freeze"
on_failure = "abort"

[[hook.pipeline_start]]
name = "check"
command = "true"
on_failure = "abort"
`;

const INPUTS: Inputs = {
	event: "pipeline_start",
	config: undefined,
	context: {},
	dryRun: true,
	summary: false,
	githubToken: "",
	allowUntrustedShell: false,
};

/** One file, wherever it is looked for by this name. */
function onlyFile(name: string, text: string): Files {
	const bytes = new TextEncoder().encode(text);
	return {
		read: async (path) => (path.endsWith(`/${name}`) ? { kind: "file", bytes } : { kind: "missing" }),
		stream: async function* () {},
		write: async () => {},
		append: async () => {},
		real: async (path) => path,
	};
}

test("a dry run carries nothing out, shows in the order of running and reports in the order of the file", async () => {
	const http = fakeHttp(answer(200));
	const shell = fakeShell();
	const shown: string[] = [];
	const ports: Ports = {
		clock: fakeClock(),
		random: () => 0,
		env: {},
		http,
		shell,
		files: onlyFile("repository/pipeline-hooks.toml", CONFIG),
		openStore: async () => undefined,
		log: fakeLog(),
	};
	const { outcomes } = await fire(INPUTS, ports, {
		cwd: "/repository",
		signal: new AbortController().signal,
		onOutcome: () => {},
		onPreview: ({ hook }) => shown.push(hook.name),
	});
	expect(shown).toEqual(["freeze", "check", "log", "announce"]);
	expect(outcomes.map(({ delivery, status, skipCause }) => [delivery.hook.name, status, skipCause])).toEqual(
		["announce", "log", "freeze", "check"].map((name) => [name, "skipped", "dry_run"]),
	);
	expect([http.requests, shell.commands]).toEqual([[], []]);
});

/** Fires a file of events to a receiver that always answers with one status. */
async function fireFile(config: string, events: readonly string[], status: number) {
	const http = fakeHttp(answer(status));
	const log = fakeLog();
	const lines = events.map((event) => `{"event": "${event}"}\n`).join("");
	const files: Files = {
		...onlyFile("repository/pipeline-hooks.toml", config),
		stream: async function* () {
			yield new TextEncoder().encode(lines);
		},
	};
	const ports: Ports = {
		clock: fakeClock(),
		random: () => 0,
		env: {},
		http,
		shell: fakeShell(),
		files,
		openStore: async () => undefined,
		log,
	};
	const told: string[] = [];
	const report = await fire({ ...INPUTS, event: "", eventsFile: "events.jsonl", dryRun: false }, ports, {
		cwd: "/repository",
		signal: new AbortController().signal,
		onOutcome: ({ status: ended }) => told.push(ended),
		onPreview: () => {},
	});
	return { http, log, told, report };
}

const POSTING = '[hook.webhooks.after_materialize]\nurl = "https://example.com/hooks"\n';

test.each([
	[100, []],
	[101, ["1 more failure: see the results"]],
])("of %i failures of a file a hundred are told at once, and the others counted", async (failures, rest) => {
	const { log, told, report } = await fireFile(POSTING, Array<string>(failures).fill("after_materialize"), 404);
	expect(told).toHaveLength(100);
	expect(report.counts.failed).toBe(failures);
	expect(log.lines.filter((line) => line.includes("more failure"))).toEqual(rest);
});

test("batches of a file that are open go out with a final event, before the events after it", async () => {
	const events = ["after_materialize", "pipeline_complete", "after_materialize"];
	const { http } = await fireFile(`${POSTING}batch_size = 5\n`, events, 200);
	expect(http.requests).toHaveLength(2);
});
