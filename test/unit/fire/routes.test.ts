// Which way a run asks for: by how many requests it has to expect.
import { expect, test, vi } from "vitest";
import { MANY_WEBHOOKS } from "../../../src/deliver/deliver.ts";
import { fire } from "../../../src/fire/fire.ts";
import type { Inputs } from "../../../src/inputs.ts";
import type { Files, Ports, Route } from "../../../src/ports.ts";
import { answer, fakeClock, fakeHttp, fakeLog, fakeShell, fakeSpool } from "../../helpers/fakes.ts";

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

/** The routes of what a run sends whose config has so many webhooks; `expectMany` is called as the transport's is. */
async function routes(webhooks: number, inputs: Inputs, expectMany = () => {}): Promise<readonly Route[]> {
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
		http: { ...http, expectMany: () => (http.requests.length === 0 ? expectMany() : undefined) },
		shell: fakeShell(),
		files,
		spool: fakeSpool(),
		log: fakeLog(),
	};
	const watcher = {
		cwd: "/repository",
		signal: new AbortController().signal,
		onOutcome: () => {},
		onPreview: () => {},
	};
	await fire(inputs, ports, watcher);
	return http.requests.map(({ route }) => route);
}

test("one event's webhooks have connections of their own, and share them where they are many", async () => {
	const few = MANY_WEBHOOKS - 1;
	expect(await routes(few, INPUTS)).toEqual(Array.from({ length: few }, () => ({ kind: "direct" })));
	expect(await routes(MANY_WEBHOOKS, INPUTS)).toEqual(
		Array.from({ length: MANY_WEBHOOKS }, () => ({ kind: "pooled" })),
	);
});

test("many are told of before the first is sent", async () => {
	const expectMany = vi.fn();
	await routes(MANY_WEBHOOKS - 1, INPUTS, expectMany);
	expect(expectMany).not.toHaveBeenCalled();
	await routes(MANY_WEBHOOKS, INPUTS, expectMany);
	expect(expectMany).toHaveBeenCalledOnce();
});

test("a file of events goes in bulk", async () => {
	expect(await routes(1, { ...INPUTS, eventsFile: "events.jsonl" })).toEqual([{ kind: "bulk" }]);
});
