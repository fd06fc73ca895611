// What each service makes of a status: a colour, a mark, a type.
import { expect, it } from "vitest";
import { STATUSES } from "../../../src/model/event.ts";
import { event, preset } from "../../helpers/make.ts";
import { renderEvent } from "../../helpers/rendered.ts";

it.each([
	["teams", "attachments.0.content.body.0.color", ["accent", "good", "attention", "warning", "accent", "warning"]],
	["discord", "embeds.0.color", [0x3498db, 0x2ecc71, 0xe74c3c, 0x95a5a6, 0x3498db, 0xf1c40f]],
	["mattermost", "attachments.0.color", ["#3498db", "#2ecc71", "#e74c3c", "#95a5a6", "#3498db", "#f1c40f"]],
	[
		"google_chat",
		"cardsV2.0.card.header.title",
		[
			"▶️ Check started: etl",
			"✅ Check passed: etl",
			"❌ Check failed: etl",
			"⏹️ Check cancelled: etl",
			"ℹ️ Check result: etl",
			"⚠️ Check finished with warnings: etl",
		],
	],
	["datadog", "alert_type", ["info", "success", "error", "warning", "info", "warning"]],
	["pagerduty", "payload.severity", ["info", "info", "error", "warning", "info", "warning"]],
	["ntfy", "tags.0", ["arrow_forward", "white_check_mark", "x", "stop_button", "information_source", "warning"]],
	["ntfy", "priority", [3, 3, 4, 3, 3, 3]],
])("%s has in %s for each status its own", (name, path, wanted) => {
	for (const [index, status] of STATUSES.entries()) {
		const { body } = renderEvent(preset(name), event("check_result", { status }), {});
		expect(body, status).toHaveProperty(path, wanted[index]);
	}
});
