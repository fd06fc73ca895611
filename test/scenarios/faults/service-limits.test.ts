// Events that are larger than a service takes: cut between characters, seen to be cut, and told.
import { describe, expect, it } from "vitest";
import { NAMES, sendAll, stringsOf } from "../../helpers/every-preset.ts";
import { normalise } from "../../helpers/runner.ts";
import { cli, fire } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const MEGABYTE = 1024 * 1024;

/** Two code units, an escape of Slack's, one of JSON's and one of Markdown's, so that a cut in a wrong place shows. */
const FILLING = '𝔊&é"*\n<@\\';
const LONG = `first words ${FILLING.repeat(MEGABYTE / 20)} middle words ${FILLING.repeat(MEGABYTE / 20)} last words`;

/** What each of them refuses, the suite of presets knows: here it is that all is cut and told in the built command. */
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
];

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
			const shown = stringsOf(got.get(name)?.body);
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
		for (const name of NAMES) if (!SERVICES.includes(name)) expect(notes.get(name)).toEqual([]);
	});

	it("is told in the log, the results and the summary of the action", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const run = await fire(`[hook.webhooks.pipeline_error]\nname = "s"\nurl = "${server.url}"\npreset = "slack"\n`, {
			event: "pipeline_error",
			inputs: { error: "x\n".repeat(50_000) },
		});
		expect(run).toMatchObject({ code: 0, stderr: "", annotations: [], outputs: { result: "passed" } });
		const note = "error truncated to 2392 characters";
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
