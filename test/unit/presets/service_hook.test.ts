// The service_hook preset: the resource, and nothing else.
import { describe, expect, it } from "vitest";
import { CannotRender } from "../../../src/model/preset.ts";
import { serviceHook } from "../../../src/presets/service-hook.ts";
import { event } from "../../helpers/make.ts";
import { renderBatch, renderEvent } from "../../helpers/rendered.ts";
import { listOf } from "../../suites/preset-envelopes.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const service = { validate: () => {}, limits: () => [] };
presetSuite(serviceHook(), {
	options: {},
	secretsAt: [],
	...service,
	batch: listOf(service),
	fixed: true,
	complete: ({ definition, context }) => ({ definition, context: { resource: { id: 1 }, ...context } }),
});

/** A job as the ETL's API answers it: https://www.integrate.io/docs/etl/service-hooks/ */
const JOB = {
	id: 304,
	status: "completed",
	progress: 1,
	owner_id: 27,
	outputs: [{ id: 1, name: "Größe" }],
	errors: null,
};

describe("the service_hook preset", () => {
	it("posts the resource as it was given, whatever the event", () => {
		for (const name of ["job.completed", "cluster.error", "ping"]) {
			const { body } = renderEvent(serviceHook(), event(name, { resource: JOB, data: { x: 1 } }), {});
			expect(JSON.stringify(body)).toBe(JSON.stringify(JOB));
		}
	});

	it("posts a batch as a list of the resources", () => {
		const events = [event("job.started", { resource: { id: 1 } }), event("job.failed", { resource: JOB })] as const;
		expect(renderBatch(serviceHook(), events, {}).body).toEqual([{ id: 1 }, JOB]);
	});

	it("posts the CI run where the context has no resource", () => {
		const run = { resource: JOB };
		expect(renderEvent(serviceHook(), { ...event("job.failed"), run }, {}).body).toEqual(JOB);
		expect(renderEvent(serviceHook(), { ...event("job.failed", { resource: { id: 1 } }), run }, {}).body).toEqual({
			id: 1,
		});
	});

	it("posts the context of a ping, which is about nothing that has a resource", () => {
		const ping = event("ping", { metadata: { test: true } });
		expect(renderEvent(serviceHook(), { ...ping, run: { resource: JOB } }, {}).body).toEqual(ping.context);
	});

	it("cannot do without one, and says what to do", () => {
		const remedy = "give `resource` in the context";
		expect(serviceHook().needs.resource).toBe(true);
		expect(() => renderEvent(serviceHook(), event("job.started"), {})).toThrow(
			new CannotRender(`the event has no resource to post; ${remedy}`),
		);
		const run = { reason: `GitHub's API responded with 403: no; ${remedy}` };
		expect(() => renderEvent(serviceHook(), { ...event("job.started"), run }, {})).toThrow(
			new CannotRender(`the event has no resource to post; ${run.reason}`),
		);
		const events = [event("job.failed", { resource: JOB }), { ...event("commit"), run }, event("job.started")] as const;
		expect(() => renderBatch(serviceHook(), events, {})).toThrow(
			new CannotRender(`2 of 3 events have no resource to post; ${run.reason}`),
		);
	});
});
