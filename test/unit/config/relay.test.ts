// `[relay]`: what it means, what it cannot have, and that nothing else of the config changes it.
import { describe, expect, it } from "vitest";
import { TABLES } from "../../../src/config/schema.ts";
import { CATALOG } from "../../../src/model/catalog.ts";
import type { Hook } from "../../../src/model/hook.ts";
import { matches } from "../../../src/plan/select.ts";
import { secretsOf } from "../../../src/secrets/known.ts";
import { event, NO_CHAIN } from "../../helpers/make.ts";
import { mistakes, onlyProblem, onlyWarning, parse, warned, webhook } from "../../helpers/parse.ts";

const RELAY = '[relay]\nnats = "${NATS_URL}"\n';
const COMMAND = '[[hook.ping]]\ncommand = "true"\n';

const NAMES = CATALOG.map(({ name }) => name);

/** The events of the catalog that a hook is sent. */
const sent = (hook: Hook, ci = {}) => NAMES.filter((name) => matches(hook, event(name, { ci })));

describe("a relay", () => {
	it("is a whole config by itself: one webhook, for every event but a ping, which is asked for by name", () => {
		expect(warned(RELAY)).toEqual([]);
		const hook = webhook(RELAY);
		expect(hook).toMatchObject({
			...NO_CHAIN,
			name: "relay",
			preset: { name: "relay" },
			url: { source: "${NATS_URL}" },
			place: { file: "hooks.toml", line: 1, column: 1 },
			...{ onFailure: "warn", timeoutMs: 10_000, retryCount: 3, retryDelayMs: 1000, deadlineMs: 60_000 },
			...{ allowHttp: false, allowPrivate: true, caFile: undefined, schedule: undefined, maxAgeMs: undefined },
			...{ secrets: [], batchSize: undefined, bodyTemplate: undefined, method: undefined, sendTo: [] },
		});
		expect([hook.headers.size, sent(hook)]).toEqual([0, NAMES.filter((name) => name !== "ping")]);
		expect(sent(webhook(`${RELAY}events = ["*", "ping"]`))).toEqual(NAMES);
	});

	it("has these keys, and no others", () => {
		const keys = {
			nats: '"nats://${USER}@nats.example.com/events"',
			events: '["pipeline_error", "phase:quality"]',
			filter: '{ include = ["repository:acme/*"] }',
			enabled: "true",
			on_failure: '"ignore"',
			timeout_ms: "1001",
			retry_count: "7",
			retry_delay_ms: "1002",
			deadline_ms: "1003",
			allow_http: "true",
			ca_file: '"${CA}"',
			schedule: '["10s", "1h"]',
			max_age: '"2h"',
		};
		expect(Object.keys(keys).toSorted()).toEqual([...TABLES.relay.keys()].toSorted());
		const lines = Object.entries(keys).map((pair) => pair.join(" = "));
		expect(webhook(`[relay]\n${lines.join("\n")}`)).toMatchObject({
			url: { source: "nats://${USER}@nats.example.com/events" },
			...{ onFailure: "ignore", timeoutMs: 1001, retryCount: 7, retryDelayMs: 1002, deadlineMs: 1003 },
			...{ allowHttp: true, caFile: { source: "${CA}" }, schedule: [10_000, 3_600_000], maxAgeMs: 7_200_000 },
		});
	});

	it("is behind all hooks, wherever its table is, and is not one of a rocky.toml", () => {
		const { hooks } = parse(`${RELAY}${COMMAND}[[subscription]]\nevents = "*"\nurl = "\${U}"`);
		const places = hooks.map(({ name, order }) => `${order} ${name}`);
		expect(places).toEqual(["0 ping-shell-1", "1 subscription-1", "2 relay"]);
		expect(parse(`${COMMAND}${RELAY}`, "rocky").hooks.map(({ name }) => name)).toEqual(["ping-shell-1"]);
	});

	it("is limited by its events and its filter, to events of its own too, and can be switched off", () => {
		const checks = webhook(`${RELAY}events = ["check_result", "job.*"]\n`);
		expect(sent(checks)).toContain("check_result");
		expect(sent(checks).every((name) => name === "check_result" || name.startsWith("job."))).toBe(true);
		const shop = webhook(`${RELAY}filter = { include = ["repository:acme/shop"] }`);
		expect(sent(shop, { repository: "acme/shop" })).toEqual(sent(webhook(RELAY)));
		expect(sent(shop, { repository: "acme/bank" })).toEqual([]);
		const own = webhook(`${RELAY}events = "deploy_*"\n[event.deploy_approved]\n`);
		expect(own.selectors).toEqual([{ kind: "glob", pattern: "deploy_*" }]);
		expect(sent(webhook(`${RELAY}enabled = false`))).toEqual([]);
	});

	it("takes no defaults, which are for hooks", () => {
		const all = 'timeout_ms = 777\non_failure = "abort"\nretry_count = 0\nowner = "ada"\n';
		const webhooks = [
			'secret = "${S}"\nheaders = { X-Team = "data" }\nmethod = "PUT"\nbatch_size = 5\nallow_private = false\n',
			'body_template = "{}"\nmax_age = "1h"\nschedule = ["1m"]\nallow_http = true\nca_file = "ca.pem"\n',
			'preset = "slack"\nsupersede = true\n',
		];
		const { place, ...usual } = webhook(RELAY);
		const config = `${RELAY}[defaults]\n${all}concurrency = 3\n[defaults.webhook]\n${webhooks.join("")}`;
		expect(webhook(config)).toEqual({ ...usual, place });
		expect(parse(config).concurrency).toBe(3);
	});
});

const KNOWN =
	"known keys here: nats, on_failure, timeout_ms, retry_count, retry_delay_ms, deadline_ms, allow_http, ca_file, schedule, max_age, events, filter, enabled";

const FORM = "write it as nats://host:4222, or nats://host:4222/ci with the name of the stream";
const NOT_A_STREAM = '2:1 the path of nats is not the name of a stream, which is one word other than "dead"';

it.each([
	["[relay]", "1:1 nats is missing", 'add nats = "${NATS_URL}"'],
	['[relay]\nnats = "https://e.x/ci"', "2:1 nats is not a URL of NATS", FORM],
	['[relay]\nnats = "nats://h/a b"', "2:1 nats has a subject that nothing can be published to", FORM],
	['[relay]\nnats = "nats://h/ci.events"', NOT_A_STREAM, FORM],
	['[relay]\nnats = "nats://h/dead"', NOT_A_STREAM, FORM],
	['[relay]\nnats = "nats://a:1,b:2"', "2:1 nats names several servers", "name one"],
	[`${RELAY}preset = "slack"`, '3:1 unknown key "preset"', KNOWN],
	[`${RELAY}timeout = 5`, '3:1 unknown key "timeout"', 'did you mean "timeout_ms"?'],
	[
		`${RELAY}on_failure = "abort"`,
		'3:1 relay.on_failure is "abort", which is not one of warn, ignore',
		"use warn or ignore",
	],
	[`${RELAY}events = ["ping", "nope"]`, '3:19 unknown event "nope"', "declare an event of your own as [event.nope]"],
	[`${RELAY}${COMMAND}name = "relay"`, '5:1 name "relay" is that of [relay]', "give the hook another name"],
	['relay = "nats://h"', "1:1 relay must be a table, not a string", 'write [relay] with nats = "${NATS_URL}"'],
	['[[relay]]\nnats = "x"', "1:1 relay must be a table, not an array", 'write [relay] with nats = "${NATS_URL}"'],
])("is refused: %j", (source, mistake, remedy) => {
	expect(mistakes(source)).toEqual([mistake]);
	expect(onlyProblem(source).remedy).toBe(remedy);
});

it("no other hook has its preset or leads to it, and one may have its name where there is no relay", () => {
	const [mistake] = mistakes('[[hook.webhooks.ping]]\nurl = "nats://h/ci"\npreset = "relay"');
	expect(mistake).toContain('3:1 preset is "relay", which is not one of alertmanager,');
	expect(mistakes(`${RELAY}${COMMAND}then = "relay"`)).toEqual(['5:1 then names "relay", and no hook has that name']);
	expect(mistakes(`${COMMAND}name = "relay"`)).toEqual([]);
});

it.each(["nats://shop:s3cret-pass@h:4222", "nats://s3cret-pass@h/events", "${NATS_URL:-nats://shop:s3cret-pass@h}"])(
	"a password in %j is warned of once, without being shown",
	(nats) => {
		const alone = `[relay]\nnats = "${nats}"`;
		for (const others of ["", `${COMMAND}${COMMAND.replace("ping", "pipeline_error")}`]) {
			const warning = onlyWarning(`${others}${alone}`);
			expect(warning).toMatchObject({
				code: "literal_secret",
				message: "relay.nats is a credential, which everyone who reads this file can use",
				place: { line: others.split("\n").length + 1, column: 1 },
			});
			expect(JSON.stringify(warning)).not.toContain("s3cret");
		}
		expect(warned(alone.replace(nats, "nats://shop:${PASSWORD}@h"))).toEqual([]);
	},
);

it("a time that is hardly meant is warned of, as in every hook", () => {
	expect(warned(`${RELAY}timeout_ms = 5`)).toEqual(["3:1 short_time: relay.timeout_ms is 5 milliseconds"]);
});

it("the password of its server is a secret of the run", () => {
	expect(secretsOf(parse(RELAY).hooks, { NATS_URL: "nats://shop:s3cret-pass@h:4222" })).toContain("s3cret-pass");
});
