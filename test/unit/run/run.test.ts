// The whole way of an event with fakes for the world: what only the order of its steps decides.
import { expect, test } from "vitest";
import { MANY_WEBHOOKS } from "../../../src/deliver/deliver.ts";
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
	dryRun: false,
	summary: false,
	githubToken: "",
	allowUntrustedShell: false,
};

/** Fires with one config and one file of events; the receiver always answers with one status. */
async function run(config: string, inputs: Partial<Inputs>, events: readonly string[] = [], status = 200) {
	const bytes = new TextEncoder().encode(config);
	const files: Files = {
		read: async (path) => (path === "/repository/pipeline-hooks.toml" ? { kind: "file", bytes } : { kind: "missing" }),
		stream: async function* () {
			yield new TextEncoder().encode(events.map((event) => `{"event": "${event}"}\n`).join(""));
		},
		write: async () => {},
		append: async () => {},
		names: async () => undefined,
		real: async (path) => path,
	};
	const [http, shell, log] = [fakeHttp(answer(status)), fakeShell(), fakeLog()];
	const openStore = async () => undefined;
	const ports: Ports = { clock: fakeClock(), random: () => 0, env: {}, http, shell, files, openStore, log };
	const told: string[] = [];
	const shown: string[] = [];
	const report = await fire({ ...INPUTS, ...inputs }, ports, {
		cwd: "/repository",
		signal: new AbortController().signal,
		onOutcome: ({ status: ended }) => told.push(ended),
		onPreview: ({ hook }) => shown.push(hook.name),
	});
	return { http, shell, log, told, shown, report };
}

/** Fires a file of events. */
const fireFile = (config: string, events: readonly string[], status = 200) =>
	run(config, { event: "", eventsFile: "events.jsonl" }, events, status);

test("a dry run carries nothing out, shows in the order of running and reports in the order of the file", async () => {
	const { http, shell, shown, report } = await run(CONFIG, { dryRun: true });
	expect(shown).toEqual(["freeze", "check", "log", "announce"]);
	expect(report.outcomes.map(({ delivery, status, skipCause }) => [delivery.hook.name, status, skipCause])).toEqual(
		["announce", "log", "freeze", "check"].map((name) => [name, "skipped", "dry_run"]),
	);
	expect([http.requests, shell.commands]).toEqual([[], []]);
});

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

const connectionsOf = ({ http }: Awaited<ReturnType<typeof run>>) =>
	http.requests.map(({ connections }) => connections);
const START = '[[hook.webhooks.pipeline_start]]\nurl = "https://example.com/hooks"\n';

test("one event's webhooks have connections of their own, and share them where they are many", async () => {
	const few = MANY_WEBHOOKS - 1;
	expect(connectionsOf(await run(START.repeat(few), {}))).toEqual(Array.from({ length: few }, () => "single"));
	const many = connectionsOf(await run(START.repeat(MANY_WEBHOOKS), {}));
	expect(many).toEqual(Array.from({ length: MANY_WEBHOOKS }, () => "pooled"));
});

test("those of a file of events share them", async () => {
	expect(connectionsOf(await fireFile(START, ["pipeline_start"]))).toEqual(["pooled"]);
});
