// Which texts of a config are secrets, and what is shown beside them.
import { describe, expect, it } from "vitest";
import { shownHeaders, shownUrl } from "../../../src/commands/export/shown.ts";
import { redactedTable, writtenSecrets } from "../../../src/commands/written-secrets.ts";
import { parseConfig } from "../../../src/config/load.ts";
import type { Webhook } from "../../../src/model/hook.ts";
import { createMask } from "../../../src/secrets/mask.ts";

function hookOf(...lines: readonly string[]): Webhook {
	const toml = ["[[hook.webhooks.pipeline_error]]", 'name = "a"', ...lines].join("\n");
	const [hook] = parseConfig(toml, "pipeline-hooks.toml", "native").hooks;
	if (hook?.kind !== "webhook") throw new Error("no webhook");
	return hook;
}

const URL_LINE = 'url = "https://r.example.com/"';
const masked = (text: string, ...lines: readonly string[]) => createMask(writtenSecrets([hookOf(...lines)]))(text);

describe("the url of an export", () => {
	it.each([
		["https://r.example.com/x?token=${TOKEN}"],
		["https://user:${PW}@r.example.com/x"],
		["https://${HOST}:${PORT}/api/v1/events/${NAME}"],
		["https://hooks.slack.com/services/${PATH_OF_IT}"],
		["${BASE}/api/events?page=2"],
		["${URL}"],
		["https://r.example.com/api/v1/events?channel=data"],
	])("%s is shown by the names of its variables", (url) => {
		const notes: string[] = [];
		expect(shownUrl(hookOf(`url = "${url}"`), (note) => notes.push(note))).toBe(url);
		expect(notes).toEqual([]);
	});

	it.each([
		["https://r.example.com/x?code=AbC123xyzQWERTY9876", "https://r.example.com/…"],
		["https://r.example.com/x?token=abcd&x=${X}", "https://r.example.com/…"],
		["https://user:hunter2@r.example.com/x", "https://r.example.com/…"],
		["https://user:hunter2hunter${X}@r.example.com/x", "https://r.example.com/…"],
		["https://r.example.com/T0AB12/x9y8z7w6${X}", "https://r.example.com/…"],
		["https://${HOST}:${PORT}/hooks/x9y8z7w6", "https://${HOST}:${PORT}/…"],
		["${BASE}/hooks/x9y8z7w6", "${BASE}/…"],
		["https://hooks.slack.com/services/T0/B0/X", "https://hooks.slack.com/…"],
		["https://user:p4ss/w0rd${X}@r.example.com/x", undefined],
	])("%s has a secret: %s", (url, shown) => {
		const notes: string[] = [];
		expect(shownUrl(hookOf(`url = "${url}"`), (note) => notes.push(note))).toBe(shown);
		expect(notes).toEqual(["the url has a secret in it that is written in the config: only its host is shown"]);
	});
});

describe("a header of an export", () => {
	const shown = (name: string, value: string) =>
		shownHeaders(hookOf(URL_LINE, `headers = { ${name} = '${value}' }`), () => {});

	it.each([
		["Authorization", "Bearer ${TOKEN}"],
		["Authorization", "Token token=${TOKEN}"],
		["Authorization", "GenieKey ${KEY}"],
		["Authorization", "${SCHEME} ${KEY}"],
		["X-Team", "data"],
		["Accept", "text/plain; charset=${CHARSET}"],
	])("%s: %s is shown", (name, value) => {
		expect(shown(name, value)).toEqual({ [name]: value });
	});

	it.each([
		["Authorization", "Bearer s3cretprefix9${SUFFIX}"],
		["Authorization", "correct horse ${BATTERY}"],
		["Authorization", "${PREFIX}suffix"],
		["X-Api-Key", "prod-${KEY}"],
		["X-Note", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"],
		["X-Note", "a1b2c3d4${X}"],
	])("%s: %s is not", (name, value) => {
		expect(shown(name, value)).toEqual({});
	});
});

describe("a text that repeats what is a secret elsewhere", () => {
	it.each([
		["headers = { Authorization = 'Bearer s3cretprefix9${X}' }", "it is s3cretprefix9", "it is ***"],
		["headers = { Authorization = '${TOKEN:-s3cr3t-default}' }", "it is s3cr3t-default", "it is ***"],
		["secret = 'whsec_${KEY:-c2VjcmV0LWtleS1mb3ItdGVzdHM}'", "c2VjcmV0LWtleS1mb3ItdGVzdHM", "***"],
		["custom = { apiToken = 's3cr3t-Value-123' }", "s3cr3t-Value-123 of data", "*** of data"],
		[
			"description = 'token ghp_abcdefghijklmnopqrstuvwxyz0123456789'",
			"token ghp_abcdefghijklmnopqrstuvwxyz0123456789",
			"token ***",
		],
		["description = 'password: x9y8z7w6, or ask'", "password: x9y8z7w6, or ask", "password: ***, or ask"],
		[
			"description = 'see postgres://me:s3cr3tpw@db/x'",
			"see postgres://me:s3cr3tpw@db/x",
			"see postgres://me:***@db/x",
		],
		[
			"runbook = 'https://w.example.com/x?token=x9y8z7'",
			"https://w.example.com/x?token=x9y8z7",
			"https://w.example.com/x?token=***",
		],
	])("%s", (line, text, shown) => {
		expect(masked(text, URL_LINE, line)).toBe(shown);
	});

	it("keeps words, addresses to be read and names, whatever is called a token", () => {
		const text =
			"Tokens are rotated; password: ask Jane. See https://docs.example.com/d/1AbC2dEf3GhI4jKl5MnO6pQr and orders_20240115, data";
		const line = `description = '${text}'`;
		expect(masked(text, URL_LINE, line, "custom = { token_owner = 'data' }")).toBe(text);
	});
});

it("a table has *** for the secrets that its keys name, and masks the rest", () => {
	const table = {
		apiToken: "s3cr3t-Value-123",
		nested: { password: "hunter2hunter2", passwords: ["plain-words", 5] },
		token_file: "/etc/token",
		secret: "${SECRET}",
		auth: "required",
		cost_center: 4711,
		text: "abc",
	};
	expect(redactedTable(table, (text) => text.toUpperCase())).toEqual({
		apiToken: "***",
		nested: { password: "***", passwords: ["***", 5] },
		token_file: "/ETC/TOKEN",
		secret: "${SECRET}",
		auth: "REQUIRED",
		cost_center: 4711,
		text: "ABC",
	});
});
