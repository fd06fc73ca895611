// Which events a hook selects and sends nothing of.
import { expect, it } from "vitest";
import { untakenBy } from "../../../src/commands/untaken.ts";
import { CATALOG } from "../../../src/model/catalog.ts";
import { preset, shellHook, webhook } from "../../helpers/make.ts";
import { template } from "../../helpers/template.ts";

const all = { selectors: [{ kind: "glob", pattern: "*" }] } as const;
const of = (name: string, given: Parameters<typeof webhook>[0] = {}) =>
	untakenBy(webhook({ preset: preset(name), ...all, ...given }), CATALOG);

it("are those that page nobody, where the service pages", () => {
	const pipeline = { selectors: [{ kind: "phase", phase: "pipeline" }] } as const;
	const quiet = ["pipeline_start", "discover_complete", "compile_complete"];
	for (const name of ["pagerduty", "incident_io", "alertmanager"]) expect(of(name, pipeline)).toEqual(quiet);
	expect(of("pagerduty")).toEqual(expect.arrayContaining(["commit", "job.stopped", "before_checks"]));
	expect(of("pagerduty")).not.toEqual(expect.arrayContaining(["check_result"]));
	for (const name of ["datadog", "slack", "generic"]) expect(of(name)).toEqual([]);
});

it("are none where they become change events, where the body is the hook's own, and for a command", () => {
	expect(of("pagerduty", { options: { change_events: true } })).toEqual([]);
	expect(of("pagerduty", { bodyTemplate: template("{}") })).toEqual([]);
	expect(untakenBy(shellHook(all), CATALOG)).toEqual([]);
});
