// What to know about the URL of a hook: that it is retired, or takes other messages than the hook's.
import type { AddressNote, Preset } from "../model/preset.ts";

/** What to know about a URL that gets the preset's messages, or with `isTemplate` those of the hook's own template. */
export function addressNote(url: URL, preset: Preset, isTemplate: boolean): AddressNote | undefined {
	return retired(url) ?? preset.address?.(url, isTemplate) ?? (isTemplate ? undefined : otherService(url, preset));
}

/** https://devblogs.microsoft.com/microsoft365dev/retirement-of-office-365-connectors-within-microsoft-teams/ */
function retired({ hostname, pathname }: URL): AddressNote | undefined {
	const isOld = /^outlook\.office(365)?\.com$/.test(hostname) && /^\/webhook(b2)?\//.test(pathname);
	if (!isOld && !/(^|\.)webhook\.office\.com$/.test(hostname)) return undefined;
	const host = isOld ? hostname : "webhook.office.com";
	return { what: `connector URLs of ${host} are retired`, remedy: "make a Workflow in Teams and use its URL" };
}

/** Addresses that take the messages of one service, and the presets that make some for it. */
const ADDRESSES: readonly (readonly [start: RegExp, presets: readonly [string, ...string[]]])[] = [
	[/^hooks\.slack(-gov)?\.com\/services\//, ["slack", "arraylake"]],
	[/^([a-z]+\.)?discord(app)?\.com\/api\/(v\d+\/)?webhooks\/.*\/slack\/?$/, ["slack", "arraylake", "discord"]],
	[/^([a-z]+\.)?discord(app)?\.com\/api\/(v\d+\/)?webhooks\//, ["discord"]],
	[/^chat\.googleapis\.com\/v1\/spaces\//, ["google_chat"]],
	[/^api\.telegram\.org\/bot/, ["telegram"]],
	[/^events\.(eu\.)?pagerduty\.com\//, ["pagerduty"]],
	[/^api\.incident\.io\/v2\/alert_events\//, ["incident_io"]],
	[/^api\.([a-z\d]+\.)?(datadoghq|ddog-gov)\.(com|eu)\/api\/v1\/events/, ["datadog"]],
];

/** The presets whose messages the address takes, the usual one first; undefined if it is not that of a known service. */
export function presetsAt({ hostname, pathname }: URL): readonly [string, ...string[]] | undefined {
	return ADDRESSES.find(([start]) => start.test(hostname + pathname))?.[1];
}

function otherService(url: URL, { name }: Preset): AddressNote | undefined {
	const presets = presetsAt(url) ?? ([name] as const);
	if (presets.includes(name)) return undefined;
	const what = `the url takes messages of preset ${presets[0]}, and the hook's preset is ${name}`;
	return { what, remedy: `set preset = "${presets[0]}", or write a body_template` };
}
