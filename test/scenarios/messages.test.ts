// The pages' examples of messages that a config changes, sent: what arrives is what the pages show.
import { expect, test } from "vitest";
import { isObject, parseJson } from "../../src/lib/json.ts";
import { blocks } from "../helpers/pages.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

const ERROR = `Traceback (most recent call last):
  File "load.py", line 88, in main
psycopg2.errors.UndefinedColumn: column "customer_tier" does not exist`;

const CONTEXT = { duration_ms: 754_000, metadata: { rows: 1200 }, error: ERROR, timestamp: "2026-04-02T14:30:00Z" };

const configWith = (page: string, part: string) => blocks(page, "toml").find((block) => block.includes(part)) ?? "";

/** What a person sees of Slack's blocks, one after the other. */
function shown(blocks: readonly unknown[]): string {
	return blocks.map((block) => said(block).join("")).join("\n");
}

/** The texts in a block, markup as it looks. */
function said(value: unknown): readonly string[] {
	if (Array.isArray(value)) return value.flatMap(said);
	if (!isObject(value)) return [];
	const { type, text } = value;
	if (type === "context" && Array.isArray(value["elements"])) return [value["elements"].flatMap(said).join(" · ")];
	if (typeof text !== "string") return Object.values(value).flatMap(said);
	const looks = text
		.replaceAll(/<!date\^[^|]*\|([^>]*)>/g, "$1")
		.replaceAll(/<[^|>]+\|([^>]+)>/g, "$1")
		.replace("<!here>", "@here")
		.replaceAll(/^```\n|\n```$/g, "");
	return [type === "mrkdwn" ? looks : text];
}

test("a message that a config has changed says what the page shows", async () => {
	const server = await startServer({ status: 200, body: "ok" });
	const config = configWith("docs/presets.md", "telling_line");
	const run = await fire(config, {
		event: "pipeline_error",
		inputs: { context: JSON.stringify(CONTEXT) },
		env: { SLACK_WEBHOOK_URL: server.url },
	});
	expect(run).toMatchObject({ code: 0, results: { results: [{ status: "delivered" }] } });
	const sent = parseJson(server.requests[0]?.body ?? "");
	if (!isObject(sent) || !Array.isArray(sent["attachments"]) || !Array.isArray(sent["blocks"]))
		throw new Error("a message without its attachment");
	expect(sent["text"]).toBe(
		'<!here> ❌ nightly failed on main after 12m 34s – psycopg2.errors.UndefinedColumn: column "customer_tier" does not exist',
	);
	const [{ color, blocks: rest }] = sent["attachments"];
	expect(color).toBe("#b00020");
	const page = blocks("docs/presets.md", "text").find((block) => block.includes("Runbook"));
	expect(shown([...sent["blocks"], ...rest])).toBe(page?.trim());
});

test("values for templates arrive in a body as the page says", async () => {
	const server = await startServer({ status: 200 });
	const config = configWith("docs/templates.md", "{{emoji}}").replace("https://example.com/hooks", server.url);
	const run = await fire(config, { event: "pipeline_error", inputs: { context: JSON.stringify(CONTEXT) } });
	expect(run).toMatchObject({ code: 0, results: { results: [{ status: "delivered" }] } });
	expect(parseJson(server.requests[0]?.body ?? "")).toEqual({
		text: "❌ nightly failed on main after 12m 34s: psycopg2.errors.Und…",
	});
});
