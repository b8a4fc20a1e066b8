/**
 * What asks other services' management ports: addresses, authorities to trust, user and password.
 */
package io.stillstream.runtime.http.client;
