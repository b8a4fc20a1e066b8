/** What a policy does to the answers of teacher and student, counted over a topic and printed. */
package io.stillstream.local.policy.report;
