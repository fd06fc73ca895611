// Events in a config: unknown ones, and those that it declares itself.

import { describe, expect, it } from "vitest";
import { vocabulary } from "../../../src/model/catalog.ts";
import { eventsOf } from "../../helpers/make.ts";
import { mistakes, onlyProblem, parse } from "../../helpers/parse.ts";

const HOOK = '\n[[hook.ping]]\ncommand = "x"\n';

/** What makes a hook under this header right. */
const body = (header: string) =>
	header.includes("hook.webhooks.") ? 'url = "https://example.com"\n' : 'command = "x"\n';

describe("an unknown event", () => {
	it.each([
		["[[hook.pipeline_strat]]", "pipeline_strat", 'did you mean "pipeline_start"?'],
		["[[hook.on_pipeline_strat]]", "on_pipeline_strat", 'did you mean "pipeline_start"?'],
		["[[hook.webhooks.generation.complete]]", "generation.complete", 'did you mean "generation.completed"?'],
		["[[hook.zzz]]", "zzz", "declare an event of your own as [event.zzz]"],
		["[[hook.push]]", "push", 'say which: push.completed, or "push.*" for all of them'],
		["[hook.webhooks.chonk]", "chonk", "say which: chonk.created, chonk.updated, chonk.deleted"],
		["[[hook.webhooks.webhooks]]", "webhooks", "`pipeline-hooks events` lists"],
		['[[hook."1st"]]', "1st", "`pipeline-hooks events` lists"],
	])("is told at its header: %s", (header, name, remedy) => {
		const problem = onlyProblem(`# first\n  ${header}\n${body(header)}`);
		expect(problem.message).toBe(`unknown event "${name}"`);
		expect(problem.remedy.startsWith(remedy)).toBe(true);
		expect(problem.place).toMatchObject({ line: 2, column: 3 });
	});

	it("is one even inside a longer name", () => {
		expect(mistakes(`[[hook.${"a.".repeat(2000)}b]]\ncommand = "x"`)).toHaveLength(1);
	});
});

describe("what is not a hook", () => {
	it.each([
		['[hook]\ncommand = "x"', "2:1 command is a string where the hooks of an event belong"],
		['[hook.webhooks]\nurl = "x"', "2:1 url is a string where the hooks of an event belong"],
		['[[hook.webhooks]]\nurl = "x"', "1:1 hook.webhooks must be a table, not an array"],
		['[[hook]]\ncommand = "x"', "1:1 hook must be a table, not an array"],
		['hook.ping = ["x"]', "1:14 a hook must be a table, not a string"],
		["hook.ping = 2026-04-02", "1:6 ping is a date where the hooks of an event belong"],
		['[[pipeline_start]]\ncommand = "x"', "1:1 pipeline_start must be inside [hook]"],
		['[[job.failed]]\ncommand = "x"', "1:1 job must be inside [hook]"],
		['[webhooks.job.failed]\ncommand = "x"', "1:1 webhooks must be inside [hook]"],
		['[[subscriptions]]\nevents = ["ping"]', '1:1 unknown key "subscriptions"'],
		['[defualts]\non_failure = "warn"', '1:1 unknown key "defualts"'],
	])("is refused: %j", (source, message) => {
		expect(mistakes(source)).toEqual([message]);
	});

	it.each([
		['[[job.failed]]\ncommand = "x"', "write [[hook.job.<…>]] or [[hook.webhooks.job.<…>]]"],
		["[webhooks.job.failed]", "write [[hook.webhooks.<event>]]"],
		['[[hooks]]\nurl = "x"', "write [[hook.<event>]], or [[hook.webhooks.<event>]] for a webhook"],
		["[[hook]]\n[hook.ping]", "write [[hook.<event>]], or [[hook.webhooks.<event>]] for a webhook"],
		["[[hook.webhooks]]\n[[hook.webhooks]]", "write [[hook.webhooks.<event>]]"],
		['[hook]\nwebhooks = "x"', "write [[hook.webhooks.<event>]]"],
	])("gets the header that is missing: %j", (source, remedy) => {
		expect(onlyProblem(source).remedy).toBe(remedy);
	});
});

describe("[event.x]", () => {
	it("declares an event that hooks can be attached to", () => {
		const { events, hooks } = parse(`
[[hook.on_deploy_approved]]
command = "x"
[event.deploy_approved]
phase = "release"
status = "success"
title = "Deploy was approved"
`);
		expect(events).toEqual([
			{ name: "deploy_approved", phase: "release", status: "success", title: "Deploy was approved" },
		]);
		expect(hooks.map(eventsOf)).toEqual(["deploy_approved"]);
	});

	it.each([
		["deploy_approved", "Deploy approved"],
		["deployApproved", "Deploy approved"],
		['"deploy.approved-2"', "Deploy approved 2"],
	])("makes up what is left out for %s", (key, title) => {
		expect(parse(`${HOOK}[event.${key}]`).events).toMatchObject([{ phase: "custom", status: "info", title }]);
	});

	it("has a phase that is found whatever white space stands around it", () => {
		const { events, hooks } = parse('[event.a]\nphase = " nightly run "\n[[hook."phase: nightly run"]]\ncommand = "x"');
		expect(events).toMatchObject([{ phase: "nightly run" }]);
		expect(hooks.map(eventsOf)).toEqual(["phase:nightly run"]);
	});

	it("takes bare dots for a part of the name, in events and in hooks", () => {
		const { events, hooks } = parse(`
event.deploy.approved.title = "A"
[event.deploy.denied]
[[hook.deploy.denied]]
command = "x"
`);
		expect(events.map(({ name }) => name)).toEqual(["deploy.approved", "deploy.denied"]);
		expect(hooks.map(eventsOf)).toEqual(["deploy.denied"]);
	});

	it("may declare both a name and a longer one", () => {
		const { hooks } = parse(`
[event.deploy]
title = "Deploy"
[event.deploy.approved]
title = "Approved"
[hook.deploy]
command = "a"
[hook.deploy.approved]
command = "b"
`);
		expect(hooks.map((hook) => eventsOf(hook))).toEqual(["deploy", "deploy.approved"]);
	});

	it.each(["[event.deploy]\n[event.deploy.approved]", "[event.deploy.approved]\n[event.deploy]"])(
		"may declare both without a word about either: %j",
		(source) => {
			expect(parse(`${HOOK}${source}`).events.map(({ name }) => name)).toEqual(["deploy", "deploy.approved"]);
		},
	);

	it("may give a built-in event another title, and nothing else", () => {
		const [retitled] = parse(`${HOOK}[event.pipeline_error]\ntitle = "Nightly broke"`).events;
		expect(retitled).toEqual({ name: "pipeline_error", phase: "pipeline", status: "failure", title: "Nightly broke" });
		expect(vocabulary(retitled && [retitled]).find("on_pipeline_error")?.title).toBe("Nightly broke");
		expect(vocabulary(retitled && [retitled]).events).toHaveLength(vocabulary().events.length);
	});

	it.each([
		["[event.pipeline_start]", "4:1 title is missing"],
		['[event.pipeline_start]\ntitle = "Off we go"\nstatus = "info"', '6:1 "pipeline_start" is a built-in event'],
		["[event.on_pipeline_start]", '4:1 "on_pipeline_start" is another name of the built-in event "pipeline_start"'],
		["[event.NewCommit]", '4:1 "NewCommit" is another name of the built-in event "commit"'],
		[
			'[event.job.failed]\ntitle = "Job broke"\nphase = "x"',
			'6:1 "job.failed" is a built-in event, whose phase cannot change',
		],
		["[event.webhooks]", '4:1 "webhooks" cannot be an event\'s name'],
		['[event."deploy*"]', '4:1 "deploy*" cannot be an event\'s name'],
		['[event."1st"]', '4:1 "1st" cannot be an event\'s name'],
		['[event.""]', '4:1 "" cannot be an event\'s name'],
		["[event]\ndeploy = 1", "5:1 event.deploy must be a table, not an integer"],
		['[event.a]\nstatus = "done"', '5:1 event.a.status is "done", which is not one of started, success, failure'],
		["[event.a]\nphase = 1", "5:1 event.a.phase must be a string, not an integer"],
		['[event.a]\ntitel = "A"', '5:1 unknown key "titel"'],
		['[event.a.b]\n[event."a.b"]', '5:1 event "a.b" is declared twice'],
	])("refuses %j", (source, message) => {
		const found = mistakes(`${HOOK}${source}`);
		expect(found).toHaveLength(1);
		expect(found[0]?.startsWith(message)).toBe(true);
	});

	it.each([
		["pipeline_error", "remove the table to keep its own"],
		["deploy_approved", 'leave the key out for "Deploy approved"'],
	])("says of the empty title of %s what to write, or do without one", (name, instead) => {
		const { message, remedy } = onlyProblem(`${HOOK}[event.${name}]\ntitle = " "`);
		expect(message).toBe(`event.${name}.title is empty`);
		expect(remedy).toBe(`write the headline of its messages, as in title = "Nightly load failed", or ${instead}`);
	});

	it("refuses a name longer than any, without following it down", () => {
		expect(mistakes(`${HOOK}[event.${"a.".repeat(5000)}b]`)).toHaveLength(1);
	});
});

describe("a hook of an unknown event", () => {
	it("has its other errors told as well", () => {
		const source =
			'[hook.webhooks.pipline_error]\nurl = "ftp://example.com"\npreset = "slak"\n[[hook.nope]]\ncommand = ""\n';
		expect(mistakes(source)).toEqual([
			expect.stringMatching(/^1:1 unknown event "pipline_error"/),
			expect.stringMatching(/^2:1 url has the scheme ftp/),
			expect.stringMatching(/^3:1 preset .*slak/),
			expect.stringMatching(/^4:1 unknown event "nope"/),
			expect.stringMatching(/^5:1 command is empty/),
		]);
	});

	it("is left alone where it cannot be told from a part of an event's name", () => {
		expect(mistakes("[hook.one.two]\nthree = 1\n")).toEqual([expect.stringMatching(/^1:1 unknown event "one"/)]);
	});
});
