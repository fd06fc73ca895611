// Subscriptions and selectors in a config: how they are written, what they mean, and what is refused.
import { describe, expect, it } from "vitest";
import { eventsOf, NO_CHAIN } from "../../helpers/make.ts";
import { mistakes, onlyProblem, parse, problemsOf, shell, webhook } from "../../helpers/parse.ts";

const URL = 'url = "https://example.com/"\n';

describe("a subscription", () => {
	it("is a webhook for several events", () => {
		const hook = webhook(`
[[subscription]]
events = ["generation.completed", "on_pipeline_error", "NewCommit", "job.*", "phase:quality"]
${URL}secret = "\${SECRET}"
batch_size = 1000
`);
		expect(hook).toMatchObject({ ...NO_CHAIN, name: "subscription-1", order: 0, place: { line: 2, column: 1 } });
		expect(hook).toMatchObject({ batchSize: 1000, secrets: [{ source: "${SECRET}" }] });
		expect(hook.selectors).toEqual([
			{ kind: "event", event: "generation.completed" },
			{ kind: "event", event: "pipeline_error" },
			{ kind: "event", event: "commit" },
			{ kind: "glob", pattern: "job.*" },
			{ kind: "phase", phase: "quality" },
		]);
	});

	it("takes the name of a phase alone, unless an event has it", () => {
		expect(eventsOf(webhook(`[[subscription]]\nevents = ["job", "cluster"]\n${URL}`))).toBe("phase:job, phase:cluster");
		const own = `[event.cluster]\n[[subscription]]\nevents = ["cluster", "test"]\n${URL}`;
		expect(eventsOf(webhook(own))).toBe("cluster, phase:test");
		expect(mistakes(`[[subscription]]\nevents = ["job", "phase:job"]\n${URL}`)).toEqual([
			'2:18 events has "phase:job" twice, before as "job"',
		]);
		// In a header it is the beginning of an event's name.
		expect(webhook(`[hook.webhooks.job.failed]\n${URL}`).selectors).toEqual([{ kind: "event", event: "job.failed" }]);
	});

	it("is a shell hook where it has a command", () => {
		expect(shell('[[subscription]]\nevents = "ping"\ncommand = "x"\nenv = { A = "1" }')).toMatchObject({
			kind: "shell",
			selectors: [{ kind: "event", event: "ping" }],
		});
	});

	it("is one as a single table, too", () => {
		expect(eventsOf(webhook(`[subscription]\nevents = "job.*"\n${URL}`))).toBe("job.*");
		expect(eventsOf(webhook('subscription = [{ events = "ping", url = "https://example.com/" }]'))).toBe("ping");
	});

	it("takes the defaults of its kind", () => {
		const { hooks } = parse(`
[defaults.shell]
timeout_ms = 1
[defaults.webhook]
timeout_ms = 2
batch_size = 3
[[subscription]]
events = "ping"
command = "x"
[[subscription]]
events = "ping"
${URL}`);
		expect(hooks).toMatchObject([{ timeoutMs: 1 }, { timeoutMs: 2, batchSize: 3 }]);
	});

	it("is told what is missing where it has nothing but tables", () => {
		const source = '[subscription.filter]\ninclude = "tags"\n[subscription.headers]\nX-Team = "data"\n';
		expect(mistakes(source)).toEqual(["1:1 events is missing", "1:1 url is missing"]);
	});

	it("has its place among all hooks, and its own numbers", () => {
		const { hooks } = parse(`
[[subscription]]
events = "ping"
${URL}[[hook.ping]]
command = "x"
[[subscription]]
name = "own"
events = "ping"
${URL}[[hook.webhooks."job.*"]]
${URL}[[subscription]]
events = "ping"
command = "x"
`);
		expect(hooks.map(({ name, order, place }) => [name, order, place.line])).toEqual([
			["subscription-1", 0, 2],
			["ping-shell-1", 1, 5],
			["own", 2, 7],
			["job.*-webhook-1", 3, 11],
			["subscription-3", 4, 13],
		]);
	});

	it("needs no events where another hook reaches it", () => {
		const { hooks } = parse(`
[[hook.ping]]
command = "x"
fallback = "subscription-1"
then = "log"
[[subscription]]
command = "y"
[[subscription]]
name = "log"
${URL}`);
		expect(hooks.map(eventsOf)).toEqual(["ping", "", ""]);
	});

	it("belongs to nobody in rocky.toml", () => {
		expect(parse(`[[subscription]]\nevents = 1\n[[hook.on_ping]]\ncommand = "x"`, "rocky").hooks).toHaveLength(1);
	});
});

describe("a subscription is refused", () => {
	it.each([
		["without events", URL, "1:1 events is missing"],
		["with an empty list", `events = []\n${URL}`, "2:1 events is empty"],
		["with an empty string", `events = [" "]\n${URL}`, "2:11 events has an empty string in it"],
		["with a number", `events = 3\n${URL}`, "2:1 events must be an array of strings, not an integer"],
		["with a number in the list", `events = ["ping", 3]\n${URL}`, "2:19 events must contain strings, not an integer"],
		["with an event twice", `events = ["ping", "ping"]\n${URL}`, '2:19 events has "ping" twice'],
		[
			"with an event once more",
			`events = ["on_ping", "ping"]\n${URL}`,
			'2:22 events has "ping" twice, before as "on_ping"',
		],
		[
			"with one under two names",
			`events = ["ping", "on_ping"]\n${URL}`,
			'2:19 events has "ping" twice, here as "on_ping"',
		],
		[
			"with an alias of one",
			`events = ["NewCommit", "commit"]\n${URL}`,
			'2:24 events has "commit" twice, before as "NewCommit"',
		],
		[
			"with a phase twice",
			`events = ["phase:job", "phase: job"]\n${URL}`,
			'2:24 events has "phase:job" twice, here as "phase: job"',
		],
		["with an unknown event", `events = ["ping", "pong"]\n${URL}`, '2:19 unknown event "pong"'],
		["with too many events", `events = [${'"ping", '.repeat(1001)}]\n${URL}`, "2:1 events has more than 1000 items"],
		[
			"with far too long a one",
			`events = "${"a".repeat(1001)}"\n${URL}`,
			"2:1 events has more than 1000 characters in a string",
		],
		["without a target", 'events = "ping"\n', "1:1 url is missing"],
		[
			"with two targets",
			`events = "ping"\n${URL}command = "x"`,
			"3:1 a subscription has both url and command, and a hook either runs a command or is sent to a url",
		],
		[
			"with keys of a webhook beside a command",
			'events = "ping"\ncommand = "x"\nretry_count = 1',
			"4:1 retry_count belongs to a webhook, and this is a shell hook",
		],
		[
			"with options of a preset beside a command",
			'events = "ping"\ncommand = "x"\nrouting_key = "x"',
			"4:1 routing_key belongs to a webhook, and this is a shell hook",
		],
		[
			"with keys of a shell hook beside a url",
			`events = "ping"\n${URL}env = {}`,
			"4:1 env belongs to a shell hook, and this is a webhook",
		],
	])("%s", (_, body, mistake) => {
		expect(mistakes(`[[subscription]]\n${body}`)).toEqual([mistake]);
	});

	it("with help", () => {
		const remedy = (body: string) => onlyProblem(`[[subscription]]\n${body}`).remedy;
		expect(remedy(URL)).toBe(
			'add events = ["pipeline_error", "job.*", "phase:quality"], or name it as another hook\'s fallback or in its then',
		);
		expect(remedy('events = "ping"')).toBe(
			'add url = "https://…", or url = "${VARIABLE}", or command = "…" for a shell hook',
		);
		expect(remedy(`events = "ping"\n${URL}evnts = "x"`)).toBe('did you mean "events"?');
		expect(remedy(`events = "pnig"\n${URL}`)).toBe('did you mean "ping"?');
		expect(remedy(`events = "pipeline_error, job.*"\n${URL}`)).toBe(
			'a subscription takes a list: events = ["pipeline_error", "job.*"]',
		);
		expect(remedy(`events = "pipeline_{error,start}"\n${URL}`)).toBe("`pipeline-hooks events` lists the known ones");
		expect(remedy(`events = "ping"\n${URL}command = "x"`)).toBe("remove one of the two, or write two subscriptions");
	});

	it.each([
		["subscription = 3", "1:1 a subscription must be a table, not an integer"],
		['subscription = ["x"]', "1:17 a subscription must be a table, not a string"],
		[
			`[subscription.data]\nevents = "ping"\n${URL}`,
			"1:1 subscription.data is a table in a table, but subscriptions are a list",
		],
		[
			`[[subscription.data]]\nevents = "ping"\n${URL}`,
			"1:1 subscription.data is a table in a table, but subscriptions are a list",
		],
	])("as something else: %j", (source, mistake) => {
		expect(mistakes(source)).toEqual([mistake]);
	});
});

describe("a selector in a header", () => {
	const events = (source: string) => parse(source).hooks.map((hook) => `${hook.kind} ${eventsOf(hook)}`);

	it.each([
		['[[hook."job.*"]]\ncommand = "x"', "shell job.*"],
		['[hook.job]\n"*" = { command = "x" }', "shell job.*"],
		['[[hook."*".completed]]\ncommand = "x"', "shell *.completed"],
		['[hook."*"]\ncompleted.command = "x"', "shell *.completed"],
		['[[hook.webhooks."generation.*"]]\nurl = "https://example.com/"', "webhook generation.*"],
		['[[hook.webhooks.generation."*"]]\nurl = "https://example.com/"', "webhook generation.*"],
		['[[hook.webhooks."phase:quality"]]\nurl = "https://example.com/"', "webhook phase:quality"],
		['[[hook."on_pipeline_*"]]\ncommand = "x"', "shell pipeline_*"],
		['[[hook."phase: job"]]\ncommand = "x"', "shell phase:job"],
	])("is read: %j", (source, wanted) => {
		expect(events(source)).toEqual([wanted]);
	});

	it("leaves its hook the keys that a declared event's name ends in", () => {
		const source = `
[event."page.env"]
[event."page.filter"]
[[hook."p*"]]
command = "x"
env = { A = "1" }
filter = { events = "ping" }
[hook."p*".extra]
`;
		expect(mistakes(source)).toEqual(['8:1 unknown key "extra"']);
		expect(shell(source.replace('[hook."p*".extra]', "")).filters).toHaveLength(1);
	});

	it("leaves any hook its text and numbers, whatever else the config declares", () => {
		const source = '[event.deploy]\n[event.deploy.name]\n[[hook.deploy]]\nname = "a"\ncommand = "x"\n';
		expect(shell(source).name).toBe("a");
		expect(events(`${source}[[hook.deploy.name]]\ncommand = "y"`.replace('name = "a"\n', ""))).toEqual([
			"shell deploy",
			"shell deploy.name",
		]);
	});

	it("stands for the events that the config declares, too", () => {
		const source = `[event."deploy.cut"]\nphase = "release train"\n`;
		expect(events(`${source}[[hook."deploy.*"]]\ncommand = "x"`)).toEqual(["shell deploy.*"]);
		expect(events(`${source}[[hook.deploy."*"]]\ncommand = "x"`)).toEqual(["shell deploy.*"]);
		expect(events(`${source}[[hook."phase:release train"]]\ncommand = "x"`)).toEqual(["shell phase:release train"]);
		expect(events('[event.on_call]\n[[hook."on_*"]]\ncommand = "x"')).toEqual(["shell on_*"]);
	});

	it.each([
		["piepline_*", 'did you mean "pipeline_*"?'],
		["*.faild", 'did you mean "*.failed"?'],
		["entty*", 'did you mean "entity*"?'],
		["zzz*", "`pipeline-hooks events` lists the known ones"],
		["phase:qualty", 'did you mean "phase:quality"?'],
		[
			"phase:",
			"phases are pipeline, table, model, quality, budget, state, entity, thread, task, suggestion, user, chonk, generation, scan, push, repository, job, cluster, access or test",
		],
	])("that selects nothing is refused: %s", (name, remedy) => {
		const wanted = { message: `${JSON.stringify(name)} selects no event`, remedy, place: { line: 1, column: 1 } };
		expect(onlyProblem(`[[hook.${JSON.stringify(name)}]]\ncommand = "x"`)).toMatchObject(wanted);
		const inList = onlyProblem(`[[subscription]]\nevents = [\n  ${JSON.stringify(name)},\n]\n${URL}`);
		expect(inList).toMatchObject({ ...wanted, place: { line: 3, column: 3 } });
	});

	it("is a warning in rocky.toml where it selects nothing", () => {
		const source =
			'[[hook."on_piepline_*"]]\ncommand = "x"\n[[hook."phase:zzz"]]\ncommand = "x"\n[[hook."on_job.*"]]\ncommand = "x"';
		const { hooks, warnings } = parse(source, "rocky");
		expect(hooks.map(eventsOf)).toEqual(["job.*"]);
		expect(warnings.map(({ message, place }) => `${place?.line} ${message}`)).toEqual([
			'1 "on_piepline_*" selects no event, its hooks are left out',
			'3 "phase:zzz" selects no event, its hooks are left out',
		]);
	});
});

describe("events in a hook that has its event in the header", () => {
	const source = (header: string, target: string) => `${header}\n${target}\nevents = ["ping"]`;

	it.each([
		["[[hook.ping]]", 'command = "x"', "[[hook.ping]]"],
		['[[hook.webhooks."job.*"]]', 'url = "https://example.com/"', '[[hook.webhooks."job.*"]]'],
	])("is refused with help: %s", (head, target, shown) => {
		const { message, remedy, place } = onlyProblem(source(head, target));
		expect(message).toBe("events belongs to a subscription; this hook is attached to an event by its header");
		expect(remedy).toBe(`write [[subscription]] in place of ${shown}, and name the events there`);
		expect(place).toMatchObject({ line: 3, column: 1 });
	});

	it("is refused in rocky.toml, which has no subscriptions", () => {
		expect(onlyProblem(source("[hook.on_ping]", 'command = "x"'), "rocky").remedy).toBe(
			"write [[subscription]] in a pipeline-hooks.toml in place of [[hook.ping]], and name the events there",
		);
	});
});

describe("enabled", () => {
	it("is read on every kind of hook", () => {
		const { hooks } = parse(`
[[hook.ping]]
command = "x"
enabled = false
[[hook.webhooks.ping]]
${URL}enabled = true
[[subscription]]
events = "ping"
${URL}enabled = false
`);
		expect(hooks.map(({ enabled }) => enabled)).toEqual([false, true, false]);
	});
});

describe("batch_size", () => {
	const hook = (body: string, before = "") => `${before}[[hook.webhooks.ping]]\n${URL}${body}`;

	it.each([
		["the hook's", hook("batch_size = 7", "[defaults]\nbatch_size = 2\n[defaults.webhook]\nbatch_size = 3\n"), 7],
		["that of webhooks", hook("", "[defaults]\nbatch_size = 2\n[defaults.webhook]\nbatch_size = 3\n"), 3],
		["that of all hooks", hook("", "[defaults]\nbatch_size = 2\n"), 2],
		["one", hook("batch_size = 1"), 1],
		["none by itself", hook(""), undefined],
		["no default for a gate", hook('on_failure = "abort"', "[defaults]\nbatch_size = 2\n"), undefined],
		["no default for a gate by default", hook("", '[defaults]\nbatch_size = 2\non_failure = "abort"\n'), undefined],
	])("is %s", (_, source, size) => {
		expect(webhook(source).batchSize).toBe(size);
	});

	it.each([
		[hook("batch_size = 1001"), "3:1 batch_size must be an integer from 1 to 1000"],
		[
			hook('batch_size = 5\non_failure = "abort"'),
			'3:1 gates are never batched: with on_failure = "abort", the pipeline waits for a response to each event',
		],
		[
			hook("batch_size = 5", '[defaults]\non_failure = "abort"\n'),
			'5:1 gates are never batched: with on_failure = "abort", the pipeline waits for a response to each event',
		],
		['[[hook.ping]]\ncommand = "x"\nbatch_size = 5', "3:1 batch_size belongs to a webhook, and this is a shell hook"],
		['[defaults.shell]\nbatch_size = 5\n[[hook.ping]]\ncommand = "x"', "2:1 batch_size is a key of webhook hooks"],
	])("is refused: %j", (source, mistake) => {
		expect(mistakes(source)).toEqual([mistake]);
	});
});

it.each(["name", "url", "command", "events", "enabled", "filter", "fallback", "then"])(
	"%s cannot have a default",
	(key) => {
		for (const table of ["defaults", "defaults.shell", "defaults.webhook"]) {
			const problems = problemsOf(`[${table}]\n${key} = "x"\n[[hook.ping]]\ncommand = "x"`);
			expect(problems).toMatchObject([{ message: `${key} cannot have a default`, place: { line: 2, column: 1 } }]);
		}
	},
);
