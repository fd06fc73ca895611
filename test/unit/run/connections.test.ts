// Which connections a run asks for: by how many requests it has to expect.
import { expect, test } from "vitest";
import { MANY_WEBHOOKS } from "../../../src/deliver/deliver.ts";
import type { Connections, Files, Ports } from "../../../src/ports.ts";
import type { Inputs } from "../../../src/run/inputs.ts";
import { fire } from "../../../src/run/run.ts";
import { answer, fakeClock, fakeHttp, fakeLog, fakeShell } from "../../helpers/fakes.ts";

const EVENT = '{"event": "pipeline_start"}\n';

const INPUTS: Inputs = {
	event: "pipeline_start",
	config: undefined,
	context: {},
	dryRun: false,
	summary: false,
	githubToken: "",
	allowUntrustedShell: false,
};

/** The connections of what a run sends whose config has so many webhooks. */
async function connectionsOf(webhooks: number, inputs: Inputs): Promise<readonly Connections[]> {
	const bytes = new TextEncoder().encode(
		'[[hook.webhooks.pipeline_start]]\nurl = "https://example.com/hooks"\n'.repeat(webhooks),
	);
	const files: Files = {
		read: async (path) => (path === "/repository/pipeline-hooks.toml" ? { kind: "file", bytes } : { kind: "missing" }),
		stream: async function* () {
			yield new TextEncoder().encode(EVENT);
		},
		write: async () => {},
		append: async () => {},
		real: async (path) => path,
	};
	const http = fakeHttp(answer(200));
	const ports: Ports = {
		clock: fakeClock(),
		random: () => 0,
		env: {},
		http,
		shell: fakeShell(),
		files,
		openStore: async () => undefined,
		log: fakeLog(),
	};
	const watcher = {
		cwd: "/repository",
		signal: new AbortController().signal,
		onOutcome: () => {},
		onPreview: () => {},
	};
	await fire(inputs, ports, watcher);
	return http.requests.map(({ connections }) => connections);
}

test("one event's webhooks have connections of their own, and share them where they are many", async () => {
	const few = MANY_WEBHOOKS - 1;
	expect(await connectionsOf(few, INPUTS)).toEqual(Array.from({ length: few }, () => "single"));
	expect(await connectionsOf(MANY_WEBHOOKS, INPUTS)).toEqual(Array.from({ length: MANY_WEBHOOKS }, () => "pooled"));
});

test("those of a file of events share them", async () => {
	expect(await connectionsOf(1, { ...INPUTS, eventsFile: "events.jsonl" })).toEqual(["pooled"]);
});
