package io.stillstream.augmenter.operation;

/**
 * The documentation of one setting: every read of a setting records one, so that the documented
 * table and the reader are the same.
 *
 * @param name key in the policy
 * @param form how it is spelled, such as "number", "d or [a, b]"
 * @param range what values are allowed
 * @param otherwise the default as a policy would spell it; null where it must be given
 * @param meaning what it is, with its unit
 */
record SettingDoc(String name, String form, String range, String otherwise, String meaning) {}
