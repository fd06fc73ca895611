// What a person reads of a run that went wrong: the log's lines, the annotations and the summary, whole.
import { expect, test } from "vitest";
import { blocks } from "../helpers/pages.ts";
import { normalise, runAction, workspace } from "../helpers/runner.ts";
import { type Reply, startServer } from "../helpers/server.ts";

const TRACE = [
	"Traceback (most recent call last):",
	'  File "/home/runner/work/load.py", line 3, in <module>',
	"",
	'psycopg2.errors.UndefinedColumn: column "customer_tier" does not exist',
].join("\n");

const answer: Reply = (request, response) => {
	const isDown = request.url === "/down";
	response
		.writeHead(isDown ? 403 : 200)
		.end(isDown ? "invalid_token" : '{"allow": false, "reason": "frozen until Monday"}');
};

/** The action's run on hooks at one server, without what differs from run to run. */
async function shownOf(event: string, config: (url: string) => string, inputs: Record<string, string> = {}) {
	const { url } = await startServer(answer);
	const folder = workspace({ "pipeline-hooks.toml": config(url) });
	const { log, summary, annotations } = await runAction({ inputs: { event, ...inputs }, workspace: folder });
	const told = normalise(log)
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("::"));
	return { log: told, summary: normalise(summary), annotations: annotations.map(({ message }) => message) };
}

const hook = (name: string, url: string, more = "") =>
	`[[hook.webhooks.pipeline_error]]\nname = "${name}"\nurl = "${url}"\n${more}\n`;

test("hooks that failed, were replaced by a fallback, ignored or kept out by a filter, and the error that all was about", async () => {
	const { log, summary, annotations } = await shownOf(
		"pipeline_error",
		(url) =>
			[
				'[[subscription]]\nname = "mail"',
				`url = "${url}/ok"`,
				hook("chat", `${url}/down`, 'fallback = "mail"'),
				hook("board", `${url}/down`),
				hook("old-board", `${url}/down`, 'on_failure = "ignore"'),
				hook("pager", `${url}/ok`, 'filter = { include = ["metadata.env:prod"] }'),
			].join("\n"),
		{ error: TRACE },
	);
	// The hooks run side by side.
	expect([...log.slice(0, 2).toSorted(), ...log.slice(2)]).toEqual([
		"⚠ chat → http://127.0.0.1:PORT/… · via fallback mail · 200 · 2 attempts · TIME; note: chat itself failed: 403 Forbidden: invalid_token",
		"✗ board → http://127.0.0.1:PORT/… · TIME: 403 Forbidden: invalid_token",
		"– pager · not fired: its filter requires metadata.env:prod",
		"pipeline_error: warned · 1 delivered, 2 failed, 0 skipped",
	]);
	const [documented = ""] = blocks("docs/action.md", "text");
	const lines = normalise(documented.replace("https://board.example.com", "http://127.0.0.1:1")).trimEnd().split("\n");
	expect(lines).toHaveLength(3);
	for (const line of lines) expect(log).toContain(line);
	expect(annotations).toEqual([
		"the webhook failed: 403 Forbidden: invalid_token",
		"the webhook failed, and its fallback mail took over: 403 Forbidden: invalid_token",
	]);
	expect(summary).toMatchInlineSnapshot(`
		"### ⚠️ 1 of 3 hooks failed, 1 failure ignored

		❌ nightly failed on main · \`pipeline_error\` · pipeline nightly, run 42-1: 1 delivered, 2 failed, 0 skipped.

		**The event's error:** psycopg2.errors.UndefinedColumn&#58; column &#34;customer&#95;tier&#34; does not exist

		<details><summary>The whole error</summary>

		<pre>
		Traceback &#40;most recent call last&#41;&#58;
		  File &#34;/home/runner/work/load.py&#34;, line 3, in &#60;module&#62;

		psycopg2.errors.UndefinedColumn&#58; column &#34;customer&#95;tier&#34; does not exist
		</pre>

		</details>

		Not fired: pager &#40;its filter requires metadata.env&#58;prod&#41;.

		| | Hook | Target | Attempts | Time | Detail |
		|---|---|---|--:|--:|---|
		| ❌ | board | http&#58;//127.0.0.1&#58;PORT/… | 1 | TIME | 403 Forbidden&#58; invalid&#95;token |
		| ❌ | old-board | http&#58;//127.0.0.1&#58;PORT/… | 1 | TIME | ignored; 403 Forbidden&#58; invalid&#95;token |
		| ⚠️ | chat | http&#58;//127.0.0.1&#58;PORT/… | 2 | TIME | via fallback mail; chat itself failed&#58; 403 Forbidden&#58; invalid&#95;token |

		"
	`);
});

test("a gate that denied, by name and reason, before all else", async () => {
	const { log, summary, annotations } = await shownOf(
		"pipeline_start",
		(url) =>
			`[[hook.webhooks.pipeline_start]]\nname = "freeze"\nurl = "${url}/gate"\non_failure = "abort"\n` +
			`[[hook.webhooks.pipeline_start]]\nname = "chat"\nurl = "${url}/ok"\n`,
	);
	expect(log).toEqual([
		"✗ freeze → http://127.0.0.1:PORT/… · TIME: frozen until Monday",
		"pipeline_start: aborted · gate freeze denied: frozen until Monday · 0 delivered, 1 failed, 1 skipped",
	]);
	expect(annotations).toEqual(["the gate stopped the pipeline: frozen until Monday"]);
	expect(summary).toMatchInlineSnapshot(`
		"### ❌ Gate freeze denied&#58; frozen until Monday

		▶️ nightly started on main · \`pipeline_start\` · pipeline nightly, run 42-1: 0 delivered, 1 failed, 1 skipped.

		| | Hook | Target | Attempts | Time | Detail |
		|---|---|---|--:|--:|---|
		| ❌ | freeze (gate) | http&#58;//127.0.0.1&#58;PORT/… | 1 | TIME | frozen until Monday |
		| ⏭️ | chat | http&#58;//127.0.0.1&#58;PORT/… | 0 | TIME | gate freeze denied |

		"
	`);
});
