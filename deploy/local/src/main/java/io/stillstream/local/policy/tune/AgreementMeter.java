package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.policy.Policy;

/** Measures how far a teacher keeps its answers under a policy. */
@FunctionalInterface
interface AgreementMeter {
  /** The agreement over the views that the policy makes of the meter's images. */
  AnswerAgreement measure(Policy policy);
}
