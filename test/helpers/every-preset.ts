// One event through a webhook of every preset and two templates, and what each receiver got.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { runCommand, workspace } from "./runner.ts";
import { startServer } from "./server.ts";

/** The further keys of each hook. */
const HOOKS: Readonly<Record<string, string>> = {
	generic: "",
	slack: 'preset = "slack"',
	teams: 'preset = "teams"',
	pagerduty: 'preset = "pagerduty"\nrouting_key = "R0123456789ABCDEF0123456789ABCDE"',
	datadog: 'preset = "datadog"\napi_key = "0123456789abcdef0123456789abcdef"',
	google_chat: 'preset = "google_chat"',
	discord: 'preset = "discord"',
	incident_io: 'preset = "incident_io"\ntoken = "0123456789abcdef0123456789abcdef"',
	mattermost: 'preset = "mattermost"',
	telegram: 'preset = "telegram"\nchat_id = "-1001234567890"',
	ntfy: 'preset = "ntfy"\ntopic = "a-topic-nobody-guesses"',
	alertmanager: 'preset = "alertmanager"',
	cloudevents: 'preset = "cloudevents"',
	cloudevents_binary: 'preset = "cloudevents"\nmode = "binary"',
	openmetadata: 'preset = "openmetadata"',
	datachonk: 'preset = "datachonk"',
	arraylake: 'preset = "arraylake"',
	template: 'body_template = """{"text": "{{error}}", "all": {{{metadata}}}, "{{metadata.message}}": [{{{error}}}]}"""',
	slack_template: 'preset = "slack"\nbody_template = """{"text": "{{error}}"}"""',
};

export const NAMES: readonly string[] = Object.keys(HOOKS);

/** Where on the server a hook posts, if not at its name: ntfy takes JSON at the root alone, Alertmanager at one path. */
const PATHS: Readonly<Record<string, string>> = { ntfy: "?ntfy", alertmanager: "api/v2/alerts" };

/** One receiver's message. */
export interface Got {
	/** Parsed. */
	readonly body: unknown;
	readonly raw: Buffer;
	readonly text: string;
}

export interface SentAll {
	readonly got: ReadonlyMap<string, Got>;
	/** What the results say of each hook's message. */
	readonly notes: ReadonlyMap<string, readonly string[]>;
}

/** Fires an event with this context through every hook. Each body is valid UTF-8 and JSON, and is delivered. */
export async function sendAll(
	context: unknown,
	env: Readonly<Record<string, string>> = {},
	folder = workspace({}),
): Promise<SentAll> {
	const server = await startServer({ status: 200, body: '{"ok": true, "id": "1"}' });
	const config = Object.entries(HOOKS)
		.map(([name, keys]) => [name, `${server.url}/${PATHS[name] ?? name}`, keys])
		.map(([name, url, keys]) => `[[hook.webhooks.pipeline_error]]\nname = "${name}"\nurl = "${url}"\n${keys}\n`)
		.join("\n");
	writeFileSync(join(folder, "pipeline-hooks.toml"), config);
	const run = await runCommand(["fire", "pipeline_error", "--context", "-", "--json"], {
		workspace: folder,
		input: JSON.stringify(context),
		env,
	});
	expect(run.code).toBe(0);
	const document: { result: string; results: readonly { hook: string; notes?: readonly string[] }[] } = JSON.parse(
		run.stdout,
	);
	expect(document.result).toBe("passed");
	const received = server.requests.map(({ path, raw, body }) => {
		expect(raw.equals(Buffer.from(body)), `${path} is UTF-8`).toBe(true);
		const name = Object.keys(PATHS).find((each) => path === `/${PATHS[each]}`) ?? path.replace(/^\/|\?.*$/g, "");
		return [name, { body: JSON.parse(body), raw, text: body }] as const;
	});
	expect(received.length).toBe(NAMES.length);
	return {
		got: new Map(received),
		notes: new Map(document.results.map(({ hook, notes }) => [hook, notes ?? []])),
	};
}

/** All strings of a JSON value, joined; where keys are, they count too. */
export function stringsOf(value: unknown): string {
	if (typeof value === "string") return value;
	if (typeof value !== "object" || value === null) return "";
	return Object.entries(value)
		.map(([key, item]) => `${key}\n${stringsOf(item)}`)
		.join("\n");
}
