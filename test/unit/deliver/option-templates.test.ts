// Options that are templates: how one that cannot be rendered fails.
import { expect, it } from "vitest";
import { fillOptions } from "../../../src/deliver/option-templates.ts";
import { CannotRender } from "../../../src/model/preset.ts";
import { preset } from "../../helpers/make.ts";

it("says which option became too large, as a reason that the message cannot be made", () => {
	const fill = fillOptions({ preset: preset("slack"), options: { title: "{{a}}" } }, () => "");
	expect(fill("title", () => ({ a: "x" }))).toEqual([["", "x"]]);
	const large = () => fill("title", () => ({ a: "x".repeat(11_000_000) }));
	expect(large).toThrow(new CannotRender("title: body is too large"));
	expect(large).toThrow(CannotRender);
});

it("passes on what went wrong beside the template", () => {
	const fill = fillOptions({ preset: preset("slack"), options: { title: "{{a}}" } }, () => "");
	const broken = () => {
		throw new RangeError("broken");
	};
	expect(() => fill("title", broken)).toThrow(RangeError);
});
