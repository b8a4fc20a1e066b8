/**
 * The health of a service as named liveness and readiness checks, and as meters. Depends on no
 * other package of this project.
 */
package io.stillstream.runtime.health;
