// The alertmanager preset: alerts for Prometheus' Alertmanager, which the matching success ends.

import type { JsonObject } from "../lib/json.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { AddressNote, Options, Preset } from "../model/preset.ts";
import { alerting } from "./alerts.ts";
import { MESSAGE_OPTIONS } from "./custom.ts";
import { correlationParts, isAlone } from "./key.ts";
import { boundedKey, partText } from "./key-text.ts";
import { ALERTS } from "./late.ts";
import { choice, tableOption, textOption } from "./options.ts";
import type { Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { oneLine, type Truncator, unescaped } from "./text.ts";

/** Ours: Alertmanager states none, but hands annotations on to services that do. */
const LABEL_LIMIT = 200;
const SUMMARY_LIMIT = 300;
const ERROR_LIMIT = 5000;
const FACT = { label: 80, value: 300, most: 40 };

/** How long an alert fires that nothing ends, in hours. */
const HOLDS = new Map(Object.entries({ "1h": 1, "6h": 6, "1d": 24, "7d": 168, "30d": 720 }));

/**
 * Fires for failures and warnings, and ends the alert of the same labels on a success. A batch, as the API takes it, is a
 * list of alerts. https://prometheus.io/docs/alerting/latest/alerts_api/
 */
export const alertmanager = (): Preset => ({
	name: "alertmanager",
	title: "Alertmanager",
	late: ALERTS,
	pages: true,
	takes: alerting,
	options: {
		...MESSAGE_OPTIONS,
		labels: { kind: "table", summary: "Additional labels, which override the preset's, such as severity or alertname" },
		hold: choice([...HOLDS.keys()], "How long an alert fires if no success ends it; default 7d"),
	},
	needs: { url: true, json: true },
	address: ({ pathname }) => (/\/api\/v2\/alerts\/?$/.test(pathname) ? undefined : OTHER_PATH),
	service: (options, _, fill) => ({
		body: (events) => {
			const bodyOf = storyBody("characters", unescaped, fill, (story, truncator) => alertOf(story, options, truncator));
			const alerts = events.map((event) => bodyOf([event], false));
			return { body: alerts.map(({ body }) => body), notes: [...new Set(alerts.flatMap(({ notes }) => notes))] };
		},
	}),
});

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
const OTHER_PATH: AddressNote = {
	what: "the url does not end in /api/v2/alerts, where Alertmanager accepts alerts",
	remedy: "add that path",
};

/** `endsAt` in the past ends the alert; without one, Alertmanager ends it after some minutes by itself. */
function alertOf(story: Story, options: Options, truncator: Truncator): JsonObject {
	const { lead, status, text, trace, links } = story;
	const { timestamp } = lead.context;
	const hours = HOLDS.get(textOption(options, "hold") ?? "") ?? 168;
	const held = new Date(Math.min(Date.parse(timestamp) + hours * 3_600_000, Date.parse("9999-12-31T23:59:59.999Z")));
	const summary = truncator.text("title", story.headline, SUMMARY_LIMIT);
	const facts = truncator.facts([...story.facts, ...story.origin], FACT, (name, value) => `${name}: ${value}`);
	const cause = [text, trace].filter((part) => part !== "").map((part) => truncator.ends("error", part, ERROR_LIMIT));
	return {
		labels: labelsOf(lead, options),
		annotations: { summary, description: [...cause, ...facts].join("\n"), status },
		startsAt: timestamp,
		endsAt: status === "success" ? timestamp : held.toISOString(),
		...(links[0] === undefined ? {} : { generatorURL: links[0].url }),
	};
}

/**
 * What identifies the alert, which is the same for a failure and the success that ends it: so no label holds the
 * status. https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */
function labelsOf(event: PipelineEvent, options: Options): JsonObject {
	const { name, phase, status } = event.definition;
	const labels = {
		alertname: isAlone(event.definition) ? name : phase,
		severity: status === "warning" ? status : "error",
		...correlationParts(event),
		...tableOption(options, "labels"),
	};
	const written = Object.entries(labels).map(([label, value]) => [
		oneLine(label)
			.replaceAll(/[^A-Za-z0-9_]/g, "_")
			.replace(/^(?=\d)/, "_"),
		boundedKey(partText(value).toWellFormed(), LABEL_LIMIT),
	]);
	const filled = written.filter(([label, value]) => label !== "" && value !== "");
	return { alertname: name, ...Object.fromEntries(filled) };
}
