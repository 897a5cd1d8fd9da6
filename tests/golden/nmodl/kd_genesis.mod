TITLE delayed rectifier from a GENESIS setup: rates (A + B v) / (C + exp((v + D) / F))

NEURON {
  SUFFIX kd_genesis
  USEION k READ ek WRITE ik
  RANGE gmax, g
}

PARAMETER {
  gmax = 0.021 (S/cm2)
  EREST_ACT = -61.5 (mV)
}

CONSTANT {
  A_A = -0.4732
  A_F = -5.1
  tiny = 1e-4
}

ASSIGNED {
  v (mV)
  ek (mV)
  ik (mA/cm2)
  g (S/cm2)
  X_alpha (/ms)
  X_beta (/ms)
}

STATE { X }

INITIAL {
  setup(v)
  X = X_alpha / (X_alpha + X_beta)
}

BREAKPOINT {
  SOLVE gates METHOD derivimplicit
  g = gmax * pow(X, 4)
  ik = -g * (ek - v)
}

DERIVATIVE gates {
  setup(v)
  X' = X_alpha - (X_alpha + X_beta) * X
}

: the general form of setupalpha; D is measured from rest
FUNCTION genesis(vm (mV), A, B, C, D, F) (/ms) {
  LOCAL below, x
  x = vm + D
  below = C + exp(x / F)
  IF (C == -1 && fabs(x / F) < tiny) {
    genesis = B * F * (1 - x / F / 2)
  } ELSE {
    genesis = (A + B * vm) / below
  }
}

PROCEDURE setup(vm (mV)) {
  LOCAL shift
  shift = -(15.1 + EREST_ACT)
  X_alpha = genesis(vm, -0.032 * (15.1 + EREST_ACT) * -1, -0.032, -1, shift, -5)
  X_beta = genesis(vm, 0.5, 0, 0, -(10 + EREST_ACT), 40)
}
