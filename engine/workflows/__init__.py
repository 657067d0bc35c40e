"""The services: compositions of the stages with the parameters of Provost et al. (2022), and their reports."""
