// What the usual run, one signed webhook and no failure, does not pay for.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ActionRun, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

/** What V8 writes for each script: https://nodejs.org/api/cli.html#node_v8_coveragedir */
interface Coverage {
	readonly result: readonly {
		readonly url: string;
		readonly functions: readonly {
			readonly functionName: string;
			readonly ranges: readonly { readonly count: number }[];
		}[];
	}[];
}

interface Traced extends ActionRun {
	/** Files of ours that were loaded, below dist/. */
	readonly loaded: readonly string[];
	/** The functions that ran, by name. */
	readonly called: ReadonlySet<string>;
}

const CONFIG = (url: string) => `
[hook.webhooks.pipeline_complete]
url = "${url}/hook"
secret = "\${WEBHOOK_SECRET}"
body_template = """{"text": "{{pipeline}}: {{metadata.note}}"}"""
`;

/** Runs the action once with a note in the metadata, which may have the secret in it. */
async function traced(note: string): Promise<Traced> {
	const { url } = await startServer();
	const coverage = workspace();
	const run = await fire(CONFIG(url), {
		event: "pipeline_complete",
		inputs: { metadata: JSON.stringify({ note }) },
		env: { WEBHOOK_SECRET: SECRET, NODE_V8_COVERAGE: coverage },
	});
	const [file = ""] = readdirSync(coverage);
	const { result }: Coverage = JSON.parse(readFileSync(join(coverage, file), "utf8"));
	const ours = result.filter((script) => script.url.includes("/dist/"));
	const ran = ours.flatMap(({ functions }) => functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0));
	return {
		...run,
		loaded: ours.map((script) => script.url.replace(/^.*\/dist\//, "")),
		called: new Set(ran.map(({ functionName }) => functionName)),
	};
}

const SECRET = "correct-horse-battery-staple";
/** The part of a mask that is built for a text that may have a secret in it. */
const MASK = "Automaton";

test("the usual run loads no chunk and builds no mask", async () => {
	const usual = await traced("41 tables");
	expect(usual.outputs).toMatchObject({ result: "passed", delivered: "1" });
	expect(usual.loaded).toEqual(["action/index.js"]);
	expect([...usual.called]).toContain("createMask");
	expect([...usual.called]).not.toContain(MASK);

	const withSecret = await traced(`the password is ${SECRET}`);
	expect(withSecret.outputs).toMatchObject({ result: "passed", delivered: "1" });
	expect([...withSecret.called]).toContain(MASK);
});
