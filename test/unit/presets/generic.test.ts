// The generic preset: the context, untouched.
import { describe, expect, it } from "vitest";
import { generic } from "../../../src/presets/generic.ts";
import { event } from "../../helpers/make.ts";
import { hostileEvent } from "../../helpers/presets.ts";
import { renderEvent } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

presetSuite(generic(), { options: {}, secretsAt: [], validate: () => {}, limits: () => [], whole: true });

describe("the generic preset", () => {
	it("posts the context in the order of the contract", () => {
		const { body } = renderEvent(
			generic(),
			event("pipeline_error", {
				error: "boom",
				duration_ms: 45200,
				metadata: { tables_copied: "20" },
				ci: { provider: "github", repository: "acme/shop", attempt: 1 },
			}),
			{},
		);
		expect(JSON.stringify(body)).toBe(
			'{"id":"evt_1","event":"pipeline_error","run_id":"run_1","pipeline":"etl","timestamp":"2026-04-02T14:30:00Z",' +
				'"status":"failure","error":"boom","duration_ms":45200,"metadata":{"tables_copied":"20"},' +
				'"ci":{"provider":"github","repository":"acme/shop","attempt":1}}',
		);
	});

	it("replaces lone surrogates in keys and values, and keeps a key named __proto__", () => {
		const { body } = renderEvent(generic(), hostileEvent("\ud800"), {});
		expect(JSON.stringify(body["metadata"])).toBe(
			'{"\ufffd":"\ufffd","__proto__":"\ufffd","nested":{"\ufffd":["\ufffd"]}}',
		);
	});

	it("leaves every 2xx to be a success, and adds no URL, header or option", () => {
		expect(Object.keys(generic().service({}))).toEqual(["body"]);
		expect(generic().options).toEqual({});
	});
});
