// Events that are larger than a service takes: cut between characters, seen to be cut, and told.
import { describe, expect, it } from "vitest";
import { NAMES, type Name, sendAll, stringsOf } from "../../helpers/every-preset.ts";
import { normalise } from "../../helpers/runner.ts";
import { cli, fire } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const MEGABYTE = 1024 * 1024;

/** Two code units, an escape of Slack's, one of JSON's and one of Markdown's, so that a cut in a wrong place shows. */
const FILLING = '𝔊&é"*\n<@\\';
const LONG = `first words ${FILLING.repeat(MEGABYTE / 20)} middle words ${FILLING.repeat(MEGABYTE / 20)} last words`;

const SERVICES = [
	"slack",
	"teams",
	"pagerduty",
	"datadog",
	"google_chat",
	"discord",
	"incident_io",
	"mattermost",
	"telegram",
	"ntfy",
	"alertmanager",
] as const satisfies readonly Name[];

interface Slack {
	readonly text: string;
	readonly blocks: readonly {
		readonly type: string;
		readonly text?: { readonly text: string };
		readonly fields?: readonly { readonly text: string }[];
		readonly elements?: readonly { readonly text: string }[];
	}[];
}
interface PagerDuty {
	readonly dedup_key: string;
	readonly payload: { readonly summary: string; readonly source: string };
}
interface Discord {
	readonly embeds: readonly {
		readonly title: string;
		readonly description?: string;
		readonly footer?: { readonly text: string };
		readonly fields: readonly { readonly name: string; readonly value: string }[];
	}[];
}
interface Datadog {
	readonly title: string;
	readonly text: string;
	readonly aggregation_key: string;
	readonly tags: readonly string[];
}

/** What each service would refuse. The addresses of the limits stand beside the constants in src/presets. */
const WITHIN: Readonly<Record<(typeof SERVICES)[number], (text: string, bytes: number) => void>> = {
	slack: (text) => {
		const { text: notified, blocks }: Slack = JSON.parse(text);
		expect(notified.length).toBeLessThanOrEqual(4000);
		expect(blocks.length).toBeLessThanOrEqual(50);
		for (const { type, text: main, fields = [], elements = [] } of blocks) {
			expect(main?.text.length ?? 0).toBeLessThanOrEqual(type === "header" ? 150 : 3000);
			expect([fields.length <= 10, elements.length <= 10]).toEqual([true, true]);
			for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2000);
		}
		expect(stringsOf(blocks).length).toBeLessThan(12_000);
		// Every mark of Slack's is whole; those that are left are our own link.
		const foreign = stringsOf(JSON.parse(text)).replaceAll(/&(?:amp|lt|gt);/g, "");
		expect(foreign.replaceAll(/<https:\/\/ci\.example\/[^>]*>/g, "")).not.toMatch(/[&<>]/);
	},
	teams: (_, bytes) => expect(bytes).toBeLessThanOrEqual(28_000),
	pagerduty: (text, bytes) => {
		const { dedup_key, payload }: PagerDuty = JSON.parse(text);
		expect(bytes).toBeLessThanOrEqual(512_000);
		expect(payload.summary.length).toBeLessThanOrEqual(1024);
		expect(payload.source.length).toBeGreaterThan(0);
		expect(dedup_key.length).toBeLessThanOrEqual(255);
	},
	datadog: (text) => {
		const event: Datadog = JSON.parse(text);
		expect(event.title.length).toBeLessThanOrEqual(100);
		expect(event.text.length).toBeLessThanOrEqual(4000);
		expect(event.text).toMatch(/^%%% \n[\s\S]*\n %%%$/);
		expect(event.aggregation_key.length).toBeLessThanOrEqual(100);
		for (const tag of event.tags) expect(tag.length).toBeLessThanOrEqual(200);
	},
	google_chat: (text, bytes) => {
		expect(bytes).toBeLessThanOrEqual(32_000);
		// Every mark of HTML's is whole, and nothing but line breaks is one.
		const { thread: _, ...shown } = JSON.parse(text);
		expect(JSON.stringify(shown).replaceAll(/<br>|<\u200b/g, "")).not.toContain("<");
	},
	discord: (text) => {
		const { embeds }: Discord = JSON.parse(text);
		expect(embeds.length).toBe(1);
		for (const { title, description = "", footer, fields } of embeds) {
			expect(title.length).toBeLessThanOrEqual(256);
			expect(description.length).toBeLessThanOrEqual(4096);
			expect(fields.length).toBeLessThanOrEqual(25);
			const texts = fields.flatMap(({ name, value }) => [name, value]);
			for (const { name, value } of fields) expect([name.length <= 256, value.length <= 1024]).toEqual([true, true]);
			expect([title, description, footer?.text ?? "", ...texts].join("").length).toBeLessThanOrEqual(6000);
		}
	},
	incident_io: (_, bytes) => expect(bytes).toBeLessThanOrEqual(512_000),
	mattermost: (_, bytes) => expect(bytes).toBeLessThanOrEqual(800_000),
	telegram: (text) => {
		const { text: written }: { readonly text: string } = JSON.parse(text);
		expect(written.replaceAll(/<[^<>]*>/g, "").replaceAll(/&\w+;/g, "x").length).toBeLessThanOrEqual(4096);
	},
	ntfy: (text) => {
		const { message }: { readonly message: string } = JSON.parse(text);
		expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
	},
	alertmanager: (text) => {
		const [alert]: readonly { readonly labels: Readonly<Record<string, string>> }[] = JSON.parse(text);
		for (const value of Object.values(alert?.labels ?? {})) expect(value.length).toBeLessThanOrEqual(200);
	},
};

const everything = (text: string) => ({
	run_id: text,
	pipeline: text,
	model: text,
	table: text,
	error: text,
	project_id: text,
	entity: { name: text, [text]: text },
	changes: Array.from({ length: 40 }, () => ({ field: text, old: text, new: text })),
	owners: Array.from({ length: 40 }, () => text),
	metadata: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n} ${text}`, text])),
});

/** A CI whose facts are as long, as far as they can be. */
const ciOf = (text: string) => ({
	GITHUB_ACTIONS: "true",
	GITHUB_EVENT_NAME: "push",
	GITHUB_SERVER_URL: "https://ci.example",
	GITHUB_RUN_ID: "42",
	...Object.fromEntries(["REPOSITORY", "REF_NAME", "SHA", "ACTOR", "JOB"].map((name) => [`GITHUB_${name}`, text])),
});

describe("fault 31: a body over its service's limits is truncated between characters, marked and reported", () => {
	it.each([
		["an error of a megabyte", { error: LONG, table: "orders", metadata: { message: LONG } }, {}],
		[
			"fifty keys of a megabyte in all",
			{ error: "first words", table: "orders", metadata: everything(LONG.slice(0, 9000)).metadata },
			{},
		],
		["every field far too long", everything(LONG.slice(0, 3000)), ciOf(LONG.slice(0, 3000))],
		["every field a little too long", everything(LONG.slice(0, 400)), ciOf(LONG.slice(0, 400))],
	])("%s", async (_, context, env) => {
		const { got, notes } = await sendAll(context, env);
		for (const name of SERVICES) {
			const { body, raw, text } = got.get(name) ?? { body: undefined, raw: Buffer.alloc(0), text: "" };
			WITHIN[name](text, raw.byteLength);
			const shown = stringsOf(body);
			expect(shown.isWellFormed(), name).toBe(true);
			expect(shown, name).toContain("first words");
			expect(shown, name).not.toContain("middle words");
			if (context.error === LONG) expect(shown, name).toContain("last words");
			if (context.table === "orders") expect(shown, name).toContain("orders");
			const told = notes.get(name) ?? [];
			expect(told.length, name).toBeGreaterThan(0);
			expect(
				told.filter((note) => !/^.+ (?:truncated to \d+ (?:characters|bytes)|left out)/.test(note)),
				name,
			).toEqual([]);
			if (told.some((note) => note.includes("truncated to"))) expect(shown, name).toContain("…");
		}
		for (const name of NAMES) if (!SERVICES.some((service) => service === name)) expect(notes.get(name)).toEqual([]);
	});

	it("is told in the log, the results and the summary of the action", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const run = await fire(`[hook.webhooks.pipeline_error]\nname = "s"\nurl = "${server.url}"\npreset = "slack"\n`, {
			event: "pipeline_error",
			inputs: { error: "x".repeat(100_000) },
		});
		expect(run).toMatchObject({ code: 0, stderr: "", annotations: [], outputs: { result: "passed" } });
		const note = "error truncated to 2991 characters";
		expect(normalise(run.log)).toContain(`✓ s → http://127.0.0.1:PORT/… · 200 · TIME; note: ${note}\n`);
		expect(run.results).toMatchObject({ results: [{ hook: "s", status: "delivered", notes: [note] }] });
		expect(run.summary).toContain(`| ${note} |\n`);
		expect(run.stdout.length).toBeLessThan(1000);
	});

	it.each(["fire", "render"])("is told by the command %s", async (command) => {
		const server = await startServer({ status: 200, body: "ok" });
		const run = await cli(
			[command, "pipeline_error", "--context", "@context.json"],
			`[hook.webhooks.pipeline_error]\nurl = "${server.url}"\npreset = "teams"\n`,
			{ files: { "context.json": JSON.stringify({ error: LONG }) } },
		);
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(run.stdout).toMatch(/note: error truncated to 8000 bytes$/m);
	});
});
