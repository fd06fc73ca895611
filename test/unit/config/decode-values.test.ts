// What each key may be: every error is told at its key, with what to do, and never shows a secret.
import { describe, expect, it } from "vitest";
import { event } from "../../helpers/make.ts";
import { mistakes, onlyProblem, parse, webhook } from "../../helpers/parse.ts";
import { renderEvent } from "../../helpers/rendered.ts";

/** The problem of one line in a shell hook, which is line 3. */
const inShell = (line: string) => onlyProblem(`[[hook.ping]]\ncommand = "x"\n${line}\n`);
/** The problem of one line in a webhook, which is line 3. */
const inWebhook = (line: string) => onlyProblem(`[[hook.webhooks.ping]]\nurl = "https://example.com/"\n${line}\n`);

const RANGE = "must be an integer from 1 to 2147483647";

describe("a shell hook's keys", () => {
	it.each([
		["timeout_ms = 0", `timeout_ms ${RANGE}`],
		["timeout_ms = -1", `timeout_ms ${RANGE}`],
		["timeout_ms = 1.5", `timeout_ms ${RANGE}`],
		["timeout_ms = 2147483648", `timeout_ms ${RANGE}`],
		["timeout_ms = 9223372036854775807", `timeout_ms ${RANGE}`],
		["timeout_ms = inf", `timeout_ms ${RANGE}`],
		['timeout_ms = "30s"', `timeout_ms ${RANGE}`],
		["timeout_ms = 2026-04-02", `timeout_ms ${RANGE}`],
		['on_failure = "abrot"', 'on_failure is "abrot", which is not one of abort, warn, ignore'],
		["on_failure = true", "on_failure must be a string, not a boolean"],
		['async = "yes"', "async must be true or false, not a string"],
		['name = ""', "name is empty"],
		["name = 1", "name must be a string, not an integer"],
		['name = "a\\nb"', "name has a line break or control character in it"],
		[`name = "${"n".repeat(101)}"`, "name is longer than 100 characters"],
		['env = "A=b"', "env must be a table, not a string"],
		["env = { A = 1 }", "env.A must be a string, not an integer"],
		["env = { A = false }", "env.A must be a string, not a boolean"],
		['env = { "A=B" = "x" }', "env has an invalid variable name"],
		['env = { "" = "x" }', "env has an invalid variable name"],
		['env = { A = "\\u0000" }', "env.A has a NUL character in it"],
		[`env = { A = "\${1X}" }`, `env.A has a \${ that does not begin a variable`],
		['shell = "bsh"', 'shell is "bsh", which is not one of sh, bash, pwsh, cmd'],
		['shell = "Bash"', 'shell is "Bash", which is not one of sh, bash, pwsh, cmd'],
		['shell = "bash -x {0}"', 'shell is "bash -x {0}", which is not one of sh, bash, pwsh, cmd'],
		["shell = true", "shell must be a string, not a boolean"],
		['secret = "x"', "secret belongs to a webhook, and this is a shell hook"],
		['routing_key = "x"', "routing_key belongs to a webhook, and this is a shell hook"],
		["tiemout_ms = 3", 'unknown key "tiemout_ms"'],
	])("refuses %s", (line, message) => {
		const problem = inShell(line);
		expect(problem.message).toBe(message);
		expect(problem.place?.line).toBe(3);
		expect(problem.remedy).not.toBe("");
		expect(problem.frame).toContain("> 3 |");
	});

	it("suggests what was meant", () => {
		expect(inShell("tiemout_ms = 3").remedy).toBe('did you mean "timeout_ms"?');
		expect(inShell('on_failure = "abrot"').remedy).toBe('did you mean "abort"?');
		expect(inShell('shell = "bahs"').remedy).toBe('did you mean "bash"?');
		expect(inShell('shell = "powershell"').remedy).toBe('did you mean "pwsh"?');
		expect(inShell('shell = "fish"').remedy).toBe("use sh, bash, pwsh or cmd");
		expect(inShell("env = { A = 1 }").remedy).toContain("quotes");
	});

	it("needs a command that says something, told at the header or the key", () => {
		expect(mistakes("\n[[hook.ping]]\n")).toEqual(["2:1 command is missing"]);
		expect(mistakes('[[hook.ping]]\ncommand = " "')).toEqual(["2:1 command is empty"]);
		expect(mistakes('[[hook.ping]]\ncommand = "\\u0000"')).toEqual(["2:1 command has a NUL character in it"]);
		expect(mistakes('[[hook.ping]]\ncommand = ["a"]')).toEqual(["2:1 command must be a string, not an array"]);
	});

	it("takes a url for a webhook under the wrong header", () => {
		const problem = onlyProblem('[[hook."job.failed"]]\nurl = "https://example.com/"');
		expect(problem.message).toBe("url belongs to a webhook, and this is a shell hook");
		expect(problem.remedy).toBe('write [[hook.webhooks."job.failed"]] above it');
	});
});

describe("a webhook's keys", () => {
	it.each([
		["retry_count = -1", "retry_count must be an integer from 0 to 2147483647"],
		["retry_delay_ms = 0", `retry_delay_ms ${RANGE}`],
		["deadline_ms = 0", `deadline_ms ${RANGE}`],
		['preset = "slak"', 'preset is "slak", which is not one of'],
		['preset = "Slack"', 'preset is "Slack", which is not one of'],
		['method = "FETCH"', 'method is "FETCH", which is not one of POST, PUT, PATCH, DELETE, GET'],
		['secret = ""', "secret is empty"],
		['secret = " \\n"', "secret is empty"],
		["secret = 5", "secret must be a string, not an integer"],
		[`secret = "\${VAR"`, `secret has a \${ that does not begin a variable`],
		[`secret = "\${VAR:?x}"`, `secret has a \${ that does not begin a variable`],
		[`secret = "\${{ secrets.X }}"`, "secret has a GitHub expression in it, which is not evaluated in a file"],
		['require_allow = "true"', "require_allow must be true or false, not a string"],
		["require_alow = true", 'unknown key "require_alow"'],
		["allow_http = 1", "allow_http must be true or false, not an integer"],
		['headers = ["X-A: b"]', "headers must be a table, not an array"],
		["headers = { X-A = 1 }", "headers.X-A must be a string, not an integer"],
		['headers = { "X A" = "b" }', "headers has an invalid header name"],
		['headers = { "" = "b" }', "headers has an invalid header name"],
		['headers = { Host = "b" }', "headers.Host is set by the connection itself"],
		['headers = { content-LENGTH = "1" }', "headers.content-LENGTH is set by the connection itself"],
		['headers = { Transfer-Encoding = "chunked" }', "headers.Transfer-Encoding is set by the connection itself"],
		['headers = { X-A = "a\\r\\nb" }', "headers.X-A has a character that is not allowed in headers"],
		['headers = { X-A = "a\\u0000" }', "headers.X-A has a NUL character in it"],
		['headers = { X-A = "😀" }', "headers.X-A has a character that is not allowed in headers"],
		[`headers = { X-A = "\${B:-😀}" }`, "headers.X-A has a character that is not allowed in headers"],
		['headers = { X-A = "1", x-a = "2" }', "headers.x-a is the same header as X-A"],
		[`headers = { X-A = "\${" }`, `headers.X-A has a \${ that does not begin a variable`],
		['body_template = "{{#if a}}"', "body_template: "],
		[`body_template = "\${{a}}"`, `body_template has a \${ that does not begin a variable`],
		['method = "get"\nbody_template = "{}"', "method is GET, which has no body, but body_template is set"],
		['method = "GET"\nbatch_size = 5', "method is GET, which has no body, but batch_size is set"],
		['command = "x"', "command belongs to a shell hook, and this is a webhook"],
		['env = { A = "x" }', "env belongs to a shell hook, and this is a webhook"],
		["retries = 3", 'unknown key "retries"'],
		['routing_key = "x"', "routing_key is an option of preset pagerduty; this hook's preset is generic"],
	])("refuses %s", (line, message) => {
		const problem = inWebhook(line);
		expect(problem.message).toMatch(message);
		expect(problem.message.startsWith(message)).toBe(true);
		expect(problem.place?.line).toBe(3);
		expect(problem.remedy).not.toBe("");
	});

	it("says how a literal dollar and brace is written", () => {
		expect(inWebhook(`secret = "\${1}"`).remedy).toContain(`$\${`);
	});

	it("needs a url where the preset has none", () => {
		expect(mistakes("[[hook.webhooks.ping]]")).toEqual(["1:1 url is missing"]);
		expect(mistakes('[[hook.webhooks.ping]]\nurl = " "')).toEqual(["2:1 url is empty"]);
	});

	it("takes a command for a shell hook under the wrong header", () => {
		const problem = onlyProblem('[[hook.webhooks.ping]]\ncommand = "x"');
		expect(problem.message).toBe("command belongs to a shell hook, and this is a webhook");
		expect(problem.remedy).toBe("write [[hook.ping]] above it");
	});

	it.each([
		["https://hunter22 .example.com/", "url is not an https URL"],
		["http://hunter22.example.com/", "url would be sent over http, without encryption"],
		["ftp://hunter22.example.com/", "url has the scheme ftp"],
	])("checks a literal url and never shows it: %s", (url, message) => {
		const problem = onlyProblem(`[[hook.webhooks.ping]]\nurl = "${url}"`);
		expect(problem.message).toBe(message);
		expect(JSON.stringify(problem)).not.toContain("hunter22");
	});

	it("leaves a url that refers to a variable for the moment of sending", () => {
		expect(mistakes(`[[hook.webhooks.ping]]\nurl = "\${BASE}/x"`)).toEqual([]);
	});

	it("refuses async on a gate only", () => {
		const gate = inWebhook('async = true\non_failure = "abort"');
		expect(gate.message).toContain("async cannot be true together with on_failure");
		expect(mistakes('[hook.ping]\ncommand = "x"\nasync = true\non_failure = "warn"')).toEqual([]);
		expect(mistakes('[hook.ping]\ncommand = "x"\nasync = false\non_failure = "abort"')).toEqual([]);
	});
});

describe("a preset's options", () => {
	const inPagerduty = (line: string) =>
		mistakes(`[hook.webhooks.ping]\npreset = "pagerduty"\nrouting_key = "k"\n${line}`);

	it.each([
		['severity = "urgent"', '4:1 severity is "urgent", which is not one of '],
		["severity = 1", "4:1 severity must be a string, not an integer"],
		["component = true", "4:1 component must be a string, not a boolean"],
		['component = ""', "4:1 component is empty"],
		['custom_details = "x"', "4:1 custom_details must be a table, not a string"],
		["custom_details = { at = 2026-04-02 }", "4:1 custom_details has a date in it that JSON cannot carry"],
		["custom_details = { n = nan }", "4:1 custom_details has a float in it that JSON cannot carry"],
		[`custom_details = { a = [{ b = "\${C" }] }`, `4:1 custom_details has a \${ that does not begin a variable`],
	])("are checked: %s", (line, message) => {
		const found = inPagerduty(line);
		expect(found).toHaveLength(1);
		expect(found[0]?.startsWith(message)).toBe(true);
	});

	it("keep the digits of an integer of any size", () => {
		const source = `[[hook.webhooks.ping]]\npreset = "pagerduty"\nrouting_key = "k"\ncustom_details = { n = 9223372036854775807 }`;
		expect(JSON.stringify(webhook(source).options["custom_details"])).toBe('{"n":9223372036854775807}');
	});

	it("may refer to variables, in a choice too", () => {
		expect(inPagerduty(`severity = "\${SEVERITY}"`)).toEqual([]);
	});

	it("are told at the header when one is missing", () => {
		expect(mistakes('[hook.webhooks.ping]\npreset = "pagerduty"')).toEqual(["1:1 preset pagerduty needs routing_key"]);
		expect(mistakes('[hook.webhooks.ping]\npreset = "datadog"')).toEqual(["1:1 preset datadog needs api_key"]);
	});

	it("stand for the url where a preset's address is made of one, and are named beside it where both are missing", () => {
		const incident = (more: string) => `[hook.webhooks.ping]\npreset = "incident_io"\ntoken = "t"\n${more}`;
		expect(mistakes(incident('source_id = "01GW"'))).toEqual([]);
		expect(mistakes(incident('url = "https://example.com"'))).toEqual([]);
		expect(onlyProblem(incident(""))).toMatchObject({
			message: "url is missing",
			remedy: 'add url = "https://…", or url = "${VARIABLE}", or source_id = "…"',
		});
	});

	it("are not asked for where the preset is misspelled", () => {
		expect(mistakes('[hook.webhooks.ping]\npreset = "pagerdty"\nrouting_key = "k"')).toHaveLength(1);
	});

	it("go no deeper than any service would read", () => {
		const header = `[hook.webhooks.ping.custom_details${".a".repeat(5000)}]`;
		const source = `[hook.webhooks.ping]\npreset = "pagerduty"\nrouting_key = "k"\n${header}\nb = 1`;
		expect(mistakes(source)).toEqual(["4:1 custom_details is nested deeper than 100 levels"]);
	});

	it("includes that some services take nothing but JSON", () => {
		const source = (type: string) =>
			mistakes(`[hook.webhooks.ping]\nurl = "https://e.x/"\npreset = "slack"\nheaders = { Content-Type = "${type}" }`);
		expect(source("text/plain")).toEqual(["4:13 headers.Content-Type is not a JSON type: Slack accepts only JSON"]);
		expect(source("application/json; charset=utf-8")).toEqual([]);
		expect(source(`\${TYPE}`)).toEqual([]);
	});
});

describe("options that take several texts", () => {
	it.each(['"here"', '["here"]'])("mention = %s", (written) => {
		const source = `[hook.webhooks.ping]\nurl = "https://example.com"\npreset = "slack"\nmention = ${written}`;
		const [hook] = parse(source).hooks;
		const text = hook?.kind === "webhook" && renderEvent(hook.preset, event("ping"), hook.options).body["text"];
		expect(text).toMatch(/^<!here>/);
	});

	it("refuses other items", () => {
		expect(mistakes('[hook.webhooks.ping]\nurl = "https://example.com"\npreset = "slack"\nmention = [1]')).toEqual([
			"4:1 mention must contain only strings",
		]);
	});
});
