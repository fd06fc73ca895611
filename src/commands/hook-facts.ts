// What `list` shows of a hook: one row, or all its settings. Undefined keys are left out.
import { showTarget } from "../deliver/target.ts";
import { untrustedReason } from "../deliver/unsent.ts";
import type { Env } from "../lib/env.ts";
import type { Hook } from "../model/hook.ts";
import { variablesOf } from "../model/hook-references.ts";
import { formatPlace } from "../model/problem.ts";
import { showSelector } from "../model/selector.ts";
import type { RunContext } from "../run/prepare.ts";
import { headersOf, SCHEMES } from "../signature/schemes.ts";
import { showFilter } from "./filter-text.ts";
import { redactedTable } from "./written-secrets.ts";

/** A hook as a row. */
export type HookRow = ReturnType<typeof hookRow>;

/** The row of a hook in a list. */
export function hookRow(hook: Hook, facts: RunContext["facts"], env: Env) {
	const { displayName, description, owner, team, domain, tags, runbook, custom } = hook.about;
	return {
		name: hook.name,
		display_name: displayName,
		description,
		owner,
		team,
		domain,
		tags: some(tags),
		runbook,
		custom: custom && redactedTable(custom),
		event: hook.selectors.map(showSelector).join(", "),
		events: hook.selectors.map(showSelector),
		enabled: hook.enabled ? undefined : false,
		filter: some(hook.filters.map(showFilter)),
		kind: hook.kind,
		preset: hook.kind === "webhook" ? hook.preset.name : undefined,
		batch_size: hook.kind === "webhook" ? hook.batchSize : undefined,
		on_failure: hook.onFailure,
		fallback: hook.fallback,
		on_success: some(hook.onSuccess),
		target: showTarget(hook, env),
		refused: untrustedReason({ hook }, facts),
		muted_until: facts.mutedUntil(hook)?.toISOString(),
		place: formatPlace(hook.place),
	};
}

/** All settings of a hook: headers by their names, secrets by their variables. */
export function wholeHook(hook: Hook, { config, facts }: RunContext, env: Env) {
	const leading = config.hooks.filter((each) => each.fallback === hook.name || each.onSuccess.includes(hook.name));
	return {
		...hookRow(hook, facts, env),
		...(hook.kind === "shell"
			? { target: hook.command, shell: hook.shell, env: some([...hook.env.keys()]) }
			: {
					method: hook.method ?? "POST",
					headers: some([...hook.headers.keys()]),
					...signatureOf(hook),
					retry_count: hook.retryCount,
					retry_delay_ms: hook.retryDelayMs,
					deadline_ms: hook.deadlineMs,
					require_allow: hook.requireAllow || undefined,
					send_to: some(hook.sendTo),
					body_template: hook.bodyTemplate === undefined ? undefined : true,
				}),
		timeout_ms: hook.timeoutMs,
		variables: some(variablesOf(hook).toSorted()),
		reached_from: some(leading.map(({ name }) => name)),
	};
}

function signatureOf({ secrets, signatures, signatureHeader }: Extract<Hook, { kind: "webhook" }>) {
	if (secrets.length === 0) return {};
	const headers = signatures.flatMap((scheme) => {
		return headersOf(scheme, SCHEMES[scheme].stamped ? undefined : signatureHeader);
	});
	return { signature: signatures, signature_headers: headers };
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
	return list.length === 0 ? undefined : list;
}
