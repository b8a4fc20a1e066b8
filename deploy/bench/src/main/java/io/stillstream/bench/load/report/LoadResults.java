package io.stillstream.bench.load.report;

import io.stillstream.bench.load.delivery.RecordAccounting;
import io.stillstream.bench.load.measurement.IsolatedServiceResult;
import io.stillstream.bench.load.measurement.LoadMeasurement;
import java.util.List;
import java.util.Map;

/**
 * Everything that a run has found out.
 *
 * @param command that made it
 * @param machine facts by name
 * @param setup what ran, and what was sent: facts by name
 * @param alone each service with nothing beside it but the broker
 * @param limit images per second if all cores did nothing but what the services do alone; NaN if
 *     they were not measured alone
 * @param sustained images per second; NaN if it was not looked for, or not found
 * @param isBounded whether a higher rate than that was tried, and was too much
 * @param measurements of the whole pipeline, in turn
 * @param balances of its runs
 * @param problems what does not agree; empty when all counts are exact
 */
record LoadResults(
    String command,
    Map<String, Object> machine,
    Map<String, Object> setup,
    List<IsolatedServiceResult> alone,
    double limit,
    double sustained,
    boolean isBounded,
    List<LoadMeasurement> measurements,
    List<RecordAccounting> balances,
    List<String> problems) {}
