TITLE two gates with rates in pieces, many branches, an order of its own

NEURON { SUFFIX ramps USEION k READ ek WRITE ik RANGE gmax }

PARAMETER {
  gmax = 6 (mS/cm2)
  v_low = -75 (mV)
  v_mid = -55 (mV)
  v_high = -20 (mV)
  which = 2
}

ASSIGNED { v (mV) ek (mV) ik (mA/cm2) open fast ra (/ms) rb (/ms) }

STATE { q r }

INITIAL { pieces() q = open r = ra/(ra + rb) }

BREAKPOINT {
  SOLVE both METHOD cnexp
  ik = (v - ek) * 0.001 * gmax * (0.7*q*q + 0.3*q*r)
}

DERIVATIVE both {
  pieces()
  q' = -(q - open) * (fast + 0.02)
  r' = (1 - r)*ra - r*rb
}

PROCEDURE pieces() {
  IF (v < v_low) {
    open = 0.02
    fast = 0.3
  } ELSE IF (v < v_mid || which == 3) {
    open = 0.02 + 0.38*(v - v_low)/(v_mid - v_low)
    fast = 0.3 - 0.2*(v - v_low)/20
  } ELSE IF (v <= v_high && !(which == 1)) {
    open = 0.4 + 0.5*(v - v_mid)/(v_high - v_mid)
    fast = 0.1 + (v > -40)*0.05
  } ELSE {
    open = 0.9
    IF (v > 0) { fast = 0.5 } ELSE { fast = 0.15 }
  }
  ra = piece(v, -50, 0.004, 0.09)
  rb = piece(-v, 50, 0.08, 0.003)
}

FUNCTION piece(x, at, low, high) {
  IF (x < at) { piece = low } ELSE { piece = high + low*log10(1 + sqrt(fabs(x - at))) }
}
