// What a template sees besides the context.
import { expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { batchView } from "../../../src/presets/story-body.ts";
import { viewOf } from "../../../src/presets/view.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { renderTemplate } from "../../../src/template/render.ts";
import { event } from "../../helpers/make.ts";

const failed = event("pipeline_error", { error: "boom" });
const render = (template: string, view: ReturnType<typeof viewOf>) =>
	renderTemplate(compileTemplate(parseReference(template)), { view, escaping: "json", resolve: ({ name }) => name });

it("is found by name, alone and for each event of a batch", () => {
	expect(render("{{headline}}: {{telling_line}}", viewOf(failed))).toBe("etl failed: boom");
	const batch = batchView([failed, event("ping")]);
	expect(render("{{count}} of {{pipeline}}:{{#events}} [{{headline}}]{{/events}}", batch)).toBe(
		"2 of etl: [etl failed] [Ping: etl]",
	);
});

it("is not in what is written as JSON", () => {
	expect(render("{{{.}}}", viewOf(failed))).toBe(JSON.stringify(failed.context));
	const events = [failed.context, event("ping").context];
	expect(render("{{{events}}}", batchView([failed, event("ping")]))).toBe(JSON.stringify(events));
	expect(render("{{{.}}}", batchView([failed, event("ping")]))).toBe(JSON.stringify({ events }));
});
