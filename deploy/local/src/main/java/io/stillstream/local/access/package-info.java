/**
 * Who needs which privileges at the brokers, and how they are written down, granted and checked.
 */
package io.stillstream.local.access;
