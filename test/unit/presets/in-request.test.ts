// Which options a message keeps whose body is the hook's own: those that change the request, or how values are escaped.
import { describe, expect, it } from "vitest";
import { allPresets } from "../../../src/config/options.ts";
import type { Json } from "../../../src/lib/json.ts";
import type { OptionSpec, Options, Preset } from "../../../src/model/preset.ts";
import { event } from "../../helpers/make.ts";
import { serviceOf } from "../../helpers/rendered.ts";

/** Two values that differ. */
function values({ kind, choices = [] }: OptionSpec): readonly Json[] {
	switch (kind) {
		case "boolean":
			return [false, true];
		case "choice":
			return choices;
		case "string":
		case "strings":
			return ["one", "two"];
		case "table":
			return [{ a: "one" }, { b: "two" }];
	}
}

/** What a body_template leaves of a preset. */
function left(preset: Preset, options: Options): string {
	const needed = Object.entries(preset.options).flatMap(([name, { required }]) => (required ? [[name, "x"]] : []));
	return JSON.stringify(
		[undefined, new URL("https://example.com/x")].map((url) => {
			const service = serviceOf(preset, { ...Object.fromEntries(needed), ...options }, url);
			const requests = ["pipeline_start", "pipeline_error"].map((name) => service.request?.([event(name)], false));
			return [requests, service.escape?.("<&*_`")];
		}),
	);
}

describe.each(
	allPresets().flatMap((preset) => Object.entries(preset.options).map((option) => [preset, ...option] as const)),
)("$name", (preset, name, option) => {
	it(`${name} says whether it is in the request`, () => {
		// Headers have attributes in binary mode alone.
		const around = preset.name === "cloudevents" && name !== "mode" ? { mode: "binary" } : {};
		const all = new Set(values(option).map((value) => left(preset, { ...around, [name]: value })));
		expect(all.size > 1).toBe(option.inRequest === true);
	});
});
