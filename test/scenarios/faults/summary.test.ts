// The job summary: foreign text in it is text, and it stays inside what GitHub takes of a step.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { htmlOf, tagsIn, textsOf, withoutCmark } from "../../helpers/markdown.ts";
import { runAction, workspace } from "../../helpers/runner.ts";
import { fire } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

/** Whatever GitHub makes something of, on one line. */
const HOSTILE = [
	"| a | b \\| c",
	"<script>x</script> <img src=x onerror=x> <!-- c --> <details open> </td></tr></table>",
	"**b** __b__ *i* _i_ ~~s~~ ~s~ `c` ``c`` ```c",
	"[x](http://evil.example) ![x](x.png) [x]: http://evil.example [^1]",
	"https://evil.example www.evil.example WWW.EVIL.EXAMPLE a@evil.example <http://evil.example>",
	"@team #1 GH-1 :smile: $x$ $$y$$ &lt; &#60; \\ {x}",
	"::error::x ##[error]x # h1 - [ ] task 1. one > quote --- ===",
].join(" ");

const LINES = `# h\n\n- [x] one\n\n---\n\`\`\`mermaid\n| a |\n|---|\n${HOSTILE}`;

const TABLE = ["h3", "table", "tbody", "td", "th", "thead", "tr"];

const STEP_LIMIT = 1024 * 1024;

/** A text as the summary has it: one line, and no longer than there is room for. */
const shown = (text: string, limit: number) => expect.stringContaining(text.replaceAll(/\s+/g, " ").slice(0, limit));

describe("fault 43: event data with Markdown, HTML, pipes and backticks is plain text in the job summary, which stays under 1 MiB", () => {
	it.skipIf(withoutCmark)("in every field that a summary shows (needs cmark-gfm)", async () => {
		const server = await startServer({ status: 400, body: LINES });
		const slack = await startServer({ status: 200, body: "ok" });
		const config = `[event.e]
title = ${JSON.stringify(HOSTILE)}
[[hook.e]]
name = ${JSON.stringify(HOSTILE.slice(0, 100))}
command = ${JSON.stringify(`cat reason >&2; exit 1 # ${HOSTILE}`)}
[[hook.webhooks.e]]
name = "answers"
url = "${server.url}"
[[hook.webhooks.e]]
name = "cuts"
url = "${slack.url}"
preset = "slack"
`;
		const run = await runAction({
			inputs: {
				event: "e",
				pipeline: LINES,
				"run-id": HOSTILE,
				error: `</pre></details>\n\n${LINES}\n</pre>\n\n# h\nValueError: ${HOSTILE}`,
				context: JSON.stringify({ metadata: { [HOSTILE]: "x".repeat(1000) } }),
				config: "a|b `c` <b>.toml",
			},
			workspace: workspace({ "a|b `c` <b>.toml": config, reason: `x\n${HOSTILE}` }),
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", failed: "2", delivered: "1" } });
		const html = htmlOf(run.summary);
		const more = ["details", "h3", "p", "pre", "strong", "summary"];
		expect(tagsIn(html)).toEqual(["code", ...more, ...TABLE.slice(1)].toSorted());
		expect(html).toMatch(
			/^<h3>⚠️ 2 of 3 hooks failed<\/h3>\n<p>[^<]* · <code>e<\/code> · [^<]*<\/p>\n<p><strong>[^<]*<\/strong> [^<]*<\/p>\n<details><summary>The whole error<\/summary>\n<pre>[^<]*<\/pre>\n<\/details>\n<table>\n/,
		);
		expect(html).toContain("<p>❌ | a | b \\| c &lt;script&gt;x&lt;/script&gt;");
		const [head = ""] = textsOf(html.replace(/<code>e<\/code>/, "e"), "p");
		const [trace = ""] = textsOf(html, "pre");
		expect(trace).toContain(`</pre>\n\n# h\nValueError: ${HOSTILE.slice(0, 90)}`);
		expect(head).toContain("pipeline # h - [x] one --- ```mermaid | a | |---| | a | b \\| c <script>x</script>");
		expect(head).toContain("[x](http://evil.example)");
		const cells = textsOf(html, "td");
		expect(cells.length).toBe(3 * 6);
		const [, name, command, , , failure, , , , , , answer, , , , , , note] = cells;
		expect(name).toBe(HOSTILE.slice(0, 100).trim());
		expect(command).toEqual(shown(`cat reason >&2; exit 1 # ${HOSTILE}`, 100));
		expect(failure).toEqual(shown(HOSTILE, 450));
		expect(answer).toEqual(shown(LINES, 190));
		expect(note).toMatch(/; fact \| a \| b \\\| c <script>x<\/script> <img sr… truncated to \d+ characters/);
	});

	it.skipIf(withoutCmark)("in mistakes, of which it tells where they are (needs cmark-gfm)", async () => {
		const key = HOSTILE.slice(60, 110);
		const run = await runAction({
			inputs: { event: "pipeline_start", config: "a|b `c` <b>.toml" },
			workspace: workspace({
				"a|b `c` <b>.toml": `[[hook.pipeline_start]]\ncommand = "x"\n${JSON.stringify(key)} = 1\n`,
			}),
		});
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		const html = htmlOf(run.summary);
		expect(tagsIn(html)).toEqual(TABLE);
		const [where, what] = textsOf(html, "td");
		expect(where).toBe("a|b `c` <b>.toml:3:1");
		expect(what).toBe(`unknown key ${JSON.stringify(key)}`);

		const unknown = await runAction({ inputs: { event: HOSTILE }, workspace: workspace({ "rocky.toml": "" }) });
		expect(tagsIn(htmlOf(unknown.summary))).toEqual(TABLE);
	});

	/** As many hooks that fail without being sent, each with a long reason that is mostly escapes. */
	const failing = (count: number) =>
		`[[hook.webhooks.pipeline_start]]\nurl = "\${${"V_".repeat(240)}}"\n`.repeat(count);

	it("with thousands of hooks and long reasons, the others are counted", async () => {
		const run = await fire(failing(3000));
		expect(run).toMatchObject({ code: 0, stderr: "", outputs: { result: "warned", failed: "3000" } });
		expect(Buffer.byteLength(run.summary)).toBeGreaterThan(STEP_LIMIT / 2);
		expect(Buffer.byteLength(run.summary)).toBeLessThan(STEP_LIMIT);
		const rows = run.summary.match(/^\| ❌ .* \|$/gm)?.length ?? 0;
		expect(run.summary.endsWith(`\n\n${3000 - rows} more rows: see the results file.\n\n`)).toBe(true);
		const all: { results: readonly unknown[] } = JSON.parse(readFileSync(run.outputs["results-file"] ?? "", "utf8"));
		expect(all.results.length).toBe(3000);
	});

	it.each([
		["most", STEP_LIMIT - 20_000, "warned"],
		["all", STEP_LIMIT, "warned"],
		["more than all", STEP_LIMIT + 5000, "warned"],
	])("where the step has used up %s of it already", async (_, used, result) => {
		const folder = workspace({ summary: "x".repeat(used) });
		const path = join(folder, "summary");
		const run = await fire(failing(50), { env: { GITHUB_STEP_SUMMARY: path } });
		expect(run).toMatchObject({ code: 0, stderr: "", outputs: { result, failed: "50" } });
		const size = readFileSync(path).byteLength;
		const room = used < STEP_LIMIT;
		expect(size).toBeLessThanOrEqual(Math.max(used, STEP_LIMIT));
		expect(size > used).toBe(room);
		const left = run.log.includes("the summary was left out: the step has reached GitHub's limit for summaries");
		expect(left).toBe(!room);
		if (room) expect(readFileSync(path, "utf8")).toMatch(/\n\d+ more rows: see the results file\.\n\n$/);
	});

	it("in log and annotation, where it acts as no command", async () => {
		const ESC = String.fromCharCode(27);
		const body = `${ESC}[31m::error::gotcha\r##[error]x | <b>&</b> \`code\`\n::stop-commands::t`;
		const server = await startServer({ status: 400, body });
		const run = await fire(`[hook.webhooks.pipeline_error]\nurl = "${server.url}"\n`, {
			event: "pipeline_error",
			inputs: { pipeline: "a|b\n::error::x <img src=x>" },
		});
		expect(run.annotations).toEqual([
			{
				kind: "warning",
				properties: { title: "pipeline_error-webhook-1", file: "pipeline-hooks.toml", line: "1" },
				message: "the webhook failed: 400 Bad Request: ::error::gotcha ##[error]x | <b>&</b> `code` ::stop-commands::t",
			},
		]);
		expect(run.commands.map((line) => line.split(/[ :]/)[2])).toEqual(["warning"]);
		expect(run.log.split("\n")[0]).toContain("✗ pipeline_error-webhook-1 → ");
		const table = run.summary.split("\n").filter((line) => line.startsWith("|"));
		expect(table.map((row) => row.split("|").length)).toEqual([8, 8, 8]);
		expect(run.summary).not.toMatch(/<b>|<img|`code`/);
	});
});
